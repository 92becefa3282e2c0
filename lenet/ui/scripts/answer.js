// @ts-check
// Shows an answer: the text, and for one of its pieces bars and what the network saw.

import { copyText } from "./clipboard.js";
import { find, listen, send } from "./dom.js";
import { describePiece, isToldByPlace, nameOf, probabilityOfNone, signToShow } from "./piece_texts.js";
import { offer } from "./pieces.js";
import { milliseconds, percent } from "./texts.js";

/** @import { Answer, Component, Piece, Texts } from "./types.js" */
/** @typedef {Answer & { chosen?: number, sentence?: boolean }} Shown the words may be a whole sentence */

const LONG = 26; // characters above which a sentence needs smaller type
const VERY_LONG = 40; // characters above which two lines of a phone are too few
const SPOKEN = 14; // characters up to which screen readers are told the text, not how many digits it has
const TALL = 2; // lines above which a phone has no room for bars
const COPIED_FOR = 1500; // ms for which the button says so
const PLACE_HOLDER = "0"; // as wide as that of the style sheet
const WIDE = "+=#%"; // up to one and a half times as wide as a digit, by the font
const SIDE = 28; // pixels of what the network sees

/** @type {Shown} */
const NOTHING = { text: "", status: "empty", words: "", layout: [], digits: [], doubtful: null };

/**
 * @param {Component} component
 * @param {Texts} texts
 */
export function startAnswer(component, texts) {
  const view = new AnswerView(component, texts);
  const { channel } = component.props;
  listen(channel, (answer) => view.show(answer));
  listen(`${channel}:busy`, (isBusy) => view.setBusy(isBusy));
  listen(`${channel}:choose`, (number) => view.choose(number));
  view.show(null);
}

class AnswerView {
  #reading = NOTHING;
  #chosen = -1; // number of the piece whose bars are shown

  #texts;
  /** @type {string} */
  #channel;
  #view;
  #text;
  #words;
  #copy;
  #glyph;
  #about;
  #byPlace;
  #bars;
  #signBar;
  /** @type {NodeListOf<HTMLElement>} */
  #times;
  #seen;

  /**
   * @param {Component} component
   * @param {Texts} texts
   */
  constructor({ element, props }, texts) {
    this.#texts = texts;
    this.#channel = props.channel;
    this.#view = find(element, ".answer", HTMLElement);
    this.#text = find(element, ".text", HTMLElement);
    this.#words = find(element, ".words", HTMLElement);
    this.#copy = /** @type {HTMLElement | null} */ (element.querySelector(".copy")); // not everywhere
    this.#glyph = find(element, ".glyph", HTMLElement);
    this.#about = find(element, ".about", HTMLElement);
    this.#byPlace = find(element, ".by-place", HTMLElement);
    this.#bars = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-symbol]"));
    this.#signBar = find(element, ".bars .sign", HTMLElement);
    this.#times = element.querySelectorAll("[data-time]");
    this.#seen = find(element, ".seen canvas", HTMLCanvasElement);
    this.#copy?.addEventListener("click", () => this.#onCopy());
    offer(this.#text, props.channel);
  }

  /** @param {{ stale?: boolean, error?: string, status?: string } | null} answer */
  show(answer) {
    // "stale": the drawing has changed, but no newer answer could be had.
    this.#view.classList.toggle("stale", answer?.stale === true);
    if (answer?.stale) return;
    if (answer?.error) this.#showReading({ ...NOTHING, words: answer.error, sentence: true });
    else this.#showReading(answer?.status ? /** @type {Shown} */ (answer) : NOTHING);
  }

  /**
   * While a drawing grows, its readings come and go too fast to be read aloud.
   *
   * @param {boolean} isBusy
   */
  setBusy(isBusy) {
    this.#words.setAttribute("aria-busy", String(isBusy));
  }

  /** @param {number} number of a piece */
  choose(number) {
    if (number !== this.#chosen && number in this.#reading.digits) this.#showPiece(number);
  }

  /** @param {Shown} reading */
  #showReading(reading) {
    this.#reading = reading;
    this.#view.classList.toggle("several", reading.digits.length > 1);
    this.#showText();
    this.#showWords();
    for (const time of this.#times) {
      const name = /** @type {`${string}_ms`} */ (time.dataset.time);
      time.textContent = milliseconds(reading[name], this.#texts);
    }
    const firstDigit = Math.max(0, reading.digits.findIndex(({ text, digit }) => text !== "" && digit !== null));
    this.#showPiece(reading.chosen ?? reading.doubtful ?? firstDigit);
  }

  // --- The text, piece by piece ----------------------------------------------

  #showText() {
    const { text, status, digits, layout } = this.#reading;
    const lines = layout.map((token) => this.#shown(token)).join("").split("\n");
    this.#view.style.setProperty("--lines", String(lines.length));
    this.#view.classList.toggle("tall", lines.length > TALL);
    this.#view.style.setProperty("--length", String(Math.max(1, ...lines.map(lengthOf))));
    this.#text.dataset.status = status;
    // One piece has nothing to choose from: it is no button.
    const parts = digits.length > 1 ? layout.map((token) => this.#partOfText(token)) : [text];
    // What is left out of a photo has a box there, but no place holder here: then there is nothing to show.
    this.#text.replaceChildren(...(text || !this.#copy ? parts : []));
  }

  /**
   * What is left out of the text has a place holder; not so beside a photo, where it may be a stain.
   *
   * @param {number | string} token
   */
  #shown(token) {
    if (typeof token === "string") return token;
    return this.#reading.digits[token].text || (this.#copy ? "" : PLACE_HOLDER);
  }

  /** @param {number | string} token */
  #partOfText(token) {
    if (typeof token === "string") return token;
    const { text, status } = this.#reading.digits[token];
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.piece = String(token);
    button.dataset.status = status;
    button.textContent = text;
    button.setAttribute("aria-label", this.#describe(token));
    return button;
  }

  #showWords() {
    const { text, words, sentence } = this.#reading;
    const isShort = text.length <= SPOKEN && !text.includes("\n");
    const spoken = text && isShort ? this.#texts("answer.spoken", { text }) : "";
    // Screen readers announce every write, so an unchanged sentence is left alone.
    if (this.#words.textContent !== spoken + words) {
      find(this.#words, ".spoken", HTMLElement).textContent = spoken;
      find(this.#words, ".written", HTMLElement).textContent = words;
    }
    this.#words.classList.toggle("sentence", sentence === true);
    this.#words.classList.toggle("long", words.length > LONG);
    this.#words.classList.toggle("very-long", words.length > VERY_LONG);
    if (this.#copy) this.#copy.hidden = text === "";
  }

  async #onCopy() {
    const button = this.#copy;
    if (!button) return;
    const isDone = await copyText(this.#reading.text, button);
    button.textContent = this.#texts(isDone ? "answer.copied" : "answer.not_copied");
    setTimeout(() => { button.textContent = this.#texts("answer.copy"); }, COPIED_FOR);
  }

  // --- One piece -------------------------------------------------------------

  /** @param {number} number */
  #showPiece(number) {
    this.#chosen = number;
    const { digits } = this.#reading;
    /** @type {Piece | undefined} */
    const piece = digits[number];
    this.#glyph.textContent = piece?.text ?? "";
    this.#glyph.classList.toggle("sign", piece?.digit === null);
    this.#about.textContent = digits.length > 1 ? this.#describe(number) : "";
    this.#showBars(piece);
    this.#showImage(piece?.image ?? "");
    send(`${this.#channel}:chosen`, number);
  }

  /** @param {number} number */
  #describe(number) {
    return describePiece(this.#reading.digits, number, this.#texts);
  }

  /** @param {Piece | undefined} piece none: the bars are empty */
  #showBars(piece) {
    const isByPlace = piece !== undefined && isToldByPlace(piece);
    this.#view.classList.toggle("told-by-place", isByPlace);
    this.#byPlace.textContent = isByPlace
      ? this.#texts("answer.by_place", { sign: nameOf(piece.text, this.#texts) }) : "";
    this.#nameSignBar(piece && !isByPlace ? signToShow(piece) : "");
    /** @type {Record<string, number>} */
    const shares = piece ? { ...piece.probabilities, none: probabilityOfNone(piece) } : {};
    const read = piece?.text || "none";
    for (const bar of this.#bars) {
      const { symbol = "" } = bar.dataset;
      const share = shares[symbol] ?? 0;
      bar.style.setProperty("--share", String(share));
      // What was read need not be the likeliest: a slash is taller than a 1.
      bar.classList.toggle("read", piece !== undefined && symbol === read);
      find(bar, ".share", HTMLElement).textContent = piece ? percent(share, this.#texts) : "";
    }
  }

  /** @param {string} symbol of the sign that has a bar; empty for none */
  #nameSignBar(symbol) {
    this.#view.classList.toggle("with-sign", symbol !== "");
    this.#signBar.dataset.symbol = symbol;
    find(this.#signBar, ".name", HTMLElement).textContent = symbol;
  }

  /**
   * The ink goes into the alpha channel: the colours are the style sheet's.
   *
   * @param {string} bytes base64
   */
  #showImage(bytes) {
    const picture = new ImageData(SIDE, SIDE);
    [...atob(bytes)].forEach((byte, pixel) => {
      picture.data.set([255, 255, 255, byte.charCodeAt(0)], 4 * pixel);
    });
    this.#seen.getContext("2d")?.putImageData(picture, 0, 0);
  }
}

/**
 * @param {string} line
 * @returns {number} in widths of a digit
 */
function lengthOf(line) {
  return line.length + [...line].filter((symbol) => WIDE.includes(symbol)).length / 2;
}
