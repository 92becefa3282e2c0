// @ts-check
// All corrections, each as a picture, to be taken back.

import { find, listen } from "./dom.js";
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
  #all;
  #withdraw;
  #told;

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
    this.#all = find(dialog, ".take-all", HTMLElement);
    this.#withdraw = find(dialog, ".withdraw", HTMLElement);
    this.#told = find(dialog, ".told", HTMLElement);
    this.#all.addEventListener("click", () => this.#takeBack());
    this.#withdraw.addEventListener("click", () => {
      find(dialog, ".close", HTMLElement).focus(); // the button is about to go
      this.#withdrawn(hand.receipts);
    });
    find(dialog, ".close", HTMLElement).addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog) dialog.close(); // beside it
    });
    listen("hand", () => dialog.open && this.#show());
  }

  open() {
    this.#told.textContent = "";
    this.#show();
    this.#dialog.showModal();
    if (!this.#hand.isReady) this.#learn();
  }

  async #learn() {
    try {
      await this.#hand.learn();
    } catch {
      this.#told.textContent = this.#texts("hand.not_loaded");
    }
  }

  #show() {
    const { list, receipts } = this.#hand;
    this.#about.textContent = this.#whereTheyAre();
    this.#items.replaceChildren(...[...list].reverse().map((correction) => this.#itemOf(correction)));
    this.#all.hidden = list.length === 0;
    this.#withdraw.hidden = receipts.length === 0;
    this.#withdraw.textContent = this.#texts("hand.withdraw", { count: receipts.length });
  }

  #whereTheyAre() {
    const { list, receipts, isKept } = this.#hand;
    if (list.length === 0) return this.#texts("hand.nothing");
    if (receipts.length > 0) return this.#texts("hand.kept_and_sent");
    return this.#texts(isKept ? "hand.kept" : "hand.for_this_visit");
  }

  /** @param {Correction} correction */
  #itemOf(correction) {
    const words = this.#texts("hand.entry", {
      answer: this.#nameOf(correction.answer), label: this.#nameOf(correction.label),
    });
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
    button.addEventListener("click", () => this.#takeBack(correction));
    text.append(sent);
    item.append(pictureOf(correction.image), text, button);
    return item;
  }

  /** @param {string} symbol */
  #nameOf(symbol) {
    return symbol === "none" ? this.#texts("piece.no_digit") : nameOf(symbol, this.#texts);
  }

  /** @param {Correction} [correction] all of them without one */
  async #takeBack(correction) {
    const { list } = this.#hand;
    const place = correction ? list.length - 1 - list.indexOf(correction) : 0;
    const receipts = (correction ? [correction] : list).flatMap((one) => this.#hand.receiptsOf(one));
    try {
      await this.#hand.takeBack(correction);
    } catch {
      this.#told.textContent = this.#texts("hand.not_loaded");
    }
    const buttons = this.#items.querySelectorAll("button");
    (buttons[Math.min(place, buttons.length - 1)] ?? find(this.#dialog, ".close", HTMLElement)).focus();
    await this.#withdrawn(receipts);
  }

  /** @param {string[]} receipts */
  async #withdrawn(receipts) {
    if (receipts.length === 0) return;
    try {
      await this.#hand.withdraw(receipts);
      this.#told.textContent = this.#texts("hand.withdrawn", { count: receipts.length });
    } catch {
      this.#told.textContent = this.#texts("hand.not_withdrawn");
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
