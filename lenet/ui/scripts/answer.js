// @ts-check
// Shows an answer: the text, and for one of its pieces bars and what the network saw.

import { copyText } from "./clipboard.js";
import { find, listen, send } from "./dom.js";
import { describePiece } from "./piece_texts.js";
import { offer } from "./pieces.js";
import { milliseconds, percent } from "./texts.js";

/** @import { Answer, Component, Piece, Texts } from "./types.js" */
/** @typedef {Answer & { chosen?: number, sentence?: boolean }} Shown the words may be a whole sentence */

const LONG = 26; // characters above which a sentence needs smaller type
const COPIED_FOR = 1500; // ms for which the button says so
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
  /** @type {string[]} of the digits */
  #names;
  #view;
  #text;
  #words;
  #copy;
  #glyph;
  #about;
  #bars;
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
    this.#names = props.names;
    this.#view = find(element, ".answer", HTMLElement);
    this.#text = find(element, ".text", HTMLElement);
    this.#words = find(element, ".words", HTMLElement);
    this.#copy = /** @type {HTMLElement | null} */ (element.querySelector(".copy")); // not everywhere
    this.#glyph = find(element, ".glyph", HTMLElement);
    this.#about = find(element, ".about", HTMLElement);
    this.#bars = element.querySelectorAll("li");
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
    const firstDigit = Math.max(0, reading.digits.findIndex(({ status }) => status !== "not_a_digit"));
    this.#showPiece(reading.chosen ?? reading.doubtful ?? firstDigit);
  }

  // --- The text, digit by digit ----------------------------------------------

  #showText() {
    const { text, status, digits, layout } = this.#reading;
    const lines = text.split("\n");
    this.#view.style.setProperty("--lines", String(lines.length));
    this.#view.style.setProperty("--length", String(Math.max(1, ...lines.map((line) => line.length))));
    this.#text.dataset.status = status;
    // One digit has nothing to choose from: it is no button.
    const parts = digits.length > 1 ? layout.map((token) => this.#partOfText(token)) : [text];
    this.#text.replaceChildren(...(text ? parts : []));
  }

  /** @param {number | string} token */
  #partOfText(token) {
    if (typeof token === "string") return token;
    const { digit, status } = this.#reading.digits[token];
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.piece = String(token);
    button.dataset.status = status;
    if (status !== "not_a_digit") button.textContent = this.#names[digit];
    button.setAttribute("aria-label", this.#describe(token));
    return button;
  }

  #showWords() {
    const { text, words, sentence } = this.#reading;
    // Screen readers announce every write, so an unchanged sentence is left alone.
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#words.classList.toggle("sentence", sentence === true);
    this.#words.classList.toggle("long", words.length > LONG);
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
    this.#glyph.textContent = piece ? this.#names[piece.digit] : "";
    this.#about.textContent = digits.length > 1 ? this.#describe(number) : "";
    this.#showBars(piece?.probabilities ?? this.#names.map(() => 0));
    this.#showImage(piece?.image ?? "");
    send(`${this.#channel}:chosen`, number);
  }

  /** @param {number} number */
  #describe(number) {
    return describePiece(this.#reading.digits, number, this.#names, this.#texts);
  }

  /** @param {number[]} probabilities */
  #showBars(probabilities) {
    const highest = Math.max(...probabilities);
    const likeliest = highest > 0 ? probabilities.indexOf(highest) : -1;
    this.#bars.forEach((bar, digit) => {
      const share = probabilities[digit];
      bar.style.setProperty("--share", String(share));
      bar.classList.toggle("likeliest", digit === likeliest);
      find(bar, ".share", HTMLElement).textContent = highest > 0 ? percent(share, this.#texts) : "";
    });
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
