// @ts-check
// All corrections, each as a picture, to be taken back.

import { animate, find, listen } from "./dom.js";
import { SIDE } from "./lenet.js";
import { nameOf } from "./piece_texts.js";

/** @import { Correction } from "./corrections.js" */
/** @import { OwnHand } from "./own_hand.js" */
/** @import { Texts } from "./types.js" */

export class TeachList {
  #dialog;
  #hand;
  #texts;
  #about;
  #items;
  #here;
  #sent;
  #close;
  #told;
  #undo;
  /** @type {{ corrections: Correction[], before: Correction[], wereSent: boolean } | null} what `undo` brings back */
  #taken = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {OwnHand} hand
   * @param {Texts} texts
   */
  constructor(dialog, hand, texts) {
    this.#dialog = dialog;
    this.#hand = hand;
    this.#texts = texts;
    this.#about = find(dialog, ".about-hand", HTMLElement);
    this.#items = find(dialog, "ul", HTMLElement);
    this.#here = find(dialog, ".here", HTMLElement);
    this.#sent = find(dialog, ".sent", HTMLElement);
    this.#close = find(dialog, ".close", HTMLElement);
    this.#told = find(dialog, ".told", HTMLElement);
    this.#undo = find(dialog, ".undo", HTMLElement);
    find(dialog, ".take-all", HTMLElement).addEventListener("click", () => this.#takeBack(hand.list));
    find(dialog, ".withdraw", HTMLElement).addEventListener("click", () => {
      this.#close.focus(); // the button is about to go
      const { receipts } = hand;
      this.#withdraw(receipts, texts("hand.withdrawn", { count: receipts.length }));
    });
    this.#undo.addEventListener("click", () => this.#bringBack());
    this.#close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog) dialog.close(); // beside it
    });
    listen("hand", () => dialog.open && this.#show());
  }

  open() {
    this.#say("");
    this.#taken = null;
    this.#show();
    this.#dialog.showModal();
    // On a tab that is hidden it would be seen no more, but hold the page.
    animate(() => {
      if (this.#dialog.getClientRects().length === 0) this.#dialog.close();
      return this.#dialog.open;
    });
    if (!this.#hand.isReady) this.#change(this.#hand.learn(), "");
  }

  #show() {
    const { list, receipts } = this.#hand;
    this.#about.textContent = this.#whereTheyAre();
    this.#items.replaceChildren(...[...list].reverse().map((correction) => this.#itemOf(correction)));
    this.#undo.hidden = this.#taken === null;
    this.#here.hidden = list.length === 0;
    const count = list.flatMap((correction) => this.#hand.receiptsOf(correction)).length;
    find(this.#here, "p", HTMLElement).textContent = count > 0
      ? this.#texts("hand.take_all.sent", { count }) : this.#texts("hand.take_all.here");
    this.#sent.hidden = receipts.length === 0;
    find(this.#sent, ".withdraw", HTMLElement).textContent = this.#texts("hand.withdraw", { count: receipts.length });
    find(this.#sent, "p", HTMLElement).textContent = list.length > 0
      ? this.#texts("hand.withdraw.taught") : this.#texts("hand.withdraw.only");
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.#told.textContent = sentence;
  }

  /**
   * Says what a change has done, or that it could not be learnt.
   *
   * @param {Promise<void>} change
   * @param {string} sentence
   */
  async #change(change, sentence) {
    try {
      await change;
      this.#say(sentence);
    } catch {
      this.#say(this.#texts("hand.not_loaded"));
    }
  }

  #whereTheyAre() {
    const { list, receipts, isKept } = this.#hand;
    if (list.length === 0) return this.#texts("hand.nothing");
    if (receipts.length > 0) return this.#texts("hand.kept_and_sent");
    return this.#texts(isKept ? "hand.kept" : "hand.for_this_visit");
  }

  /** @param {Correction} correction */
  #itemOf(correction) {
    const [answer, label] = [correction.answer, correction.label].map((symbol) => this.#nameOf(symbol));
    const words = correction.stands
      ? this.#texts("hand.entry.stands", { answer }) : this.#texts("hand.entry", { answer, label });
    const item = document.createElement("li");
    const text = document.createElement("span");
    text.textContent = words;
    const sent = document.createElement("small");
    sent.textContent = this.#hand.isSent(correction) ? this.#texts("hand.is_sent") : "";
    const button = document.createElement("button");
    button.type = "button";
    button.classList.add("button", "smaller");
    button.textContent = this.#texts("hand.take_back");
    button.setAttribute("aria-label", this.#texts("hand.take_back.label", { entry: words }));
    button.addEventListener("click", () => this.#takeBack([correction]));
    text.append(sent);
    item.append(pictureOf(correction.image), text, button);
    return item;
  }

  /** @param {string} symbol */
  #nameOf(symbol) {
    return symbol === "none" ? this.#texts("piece.no_digit") : nameOf(symbol, this.#texts);
  }

  /** @param {Correction[]} pressed one of them, or all */
  async #takeBack(pressed) {
    const before = this.#hand.list;
    const place = before.length - 1 - before.indexOf(pressed[0]);
    const rest = before.filter((one) => !pressed.includes(one));
    const corrections = rest.every(({ stands }) => stands) ? before : pressed; // what was let stand goes with the last
    const receipts = corrections.flatMap((one) => this.#hand.receiptsOf(one));
    this.#taken = { corrections, before, wereSent: receipts.length > 0 };
    await this.#change(
      this.#hand.takeBack(corrections), this.#texts("hand.taken_back", { count: corrections.length }),
    );
    const buttons = this.#items.querySelectorAll("button");
    (buttons[Math.min(place, buttons.length - 1)] ?? this.#close).focus(); // the button pressed is gone
    if (receipts.length === 0) return;
    await this.#withdraw(receipts, this.#texts("hand.taken_back.sent", { count: receipts.length }));
  }

  async #bringBack() {
    if (!this.#taken) return;
    const { corrections, before, wereSent } = this.#taken;
    this.#taken = null;
    this.#close.focus(); // the button is about to go
    const areWithdrawn = wereSent && corrections.every((one) => this.#hand.receiptsOf(one).length === 0);
    const sentence = this.#texts(areWithdrawn ? "hand.brought_back.withdrawn" : "hand.brought_back");
    await this.#change(this.#hand.bringBack(corrections, before), sentence);
  }

  /**
   * @param {string[]} receipts
   * @param {string} sentence that is said then
   */
  async #withdraw(receipts, sentence) {
    try {
      await this.#hand.withdraw(receipts);
      this.#say(sentence);
    } catch {
      this.#say(this.#texts("hand.not_withdrawn"));
    }
    this.#show();
  }
}

/** @param {string} image base64 */
function pictureOf(image) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const picture = new ImageData(SIDE, SIDE);
  [...atob(image)].forEach((byte, pixel) => {
    picture.data.set([255, 255, 255, byte.charCodeAt(0)], 4 * pixel);
  });
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}
