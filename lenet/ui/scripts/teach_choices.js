// @ts-check
// "What is it?": a digit, a sign, or no digit. A choice is one tap, or the key of the digit.

import { animate, find, isOnScreen } from "./dom.js";
import { isDigit, nameOf } from "./piece_texts.js";

/** @import { OwnHand } from "./own_hand.js" */
/** @import { Piece, Texts } from "./types.js" */

const GAP = 8; // CSS pixels to the button, and to the edges of the screen

export class TeachChoices {
  #root;
  #texts;
  #options;
  #agreed;

  /**
   * @param {HTMLElement} root a popover
   * @param {{ hand: OwnHand, symbols: string[], onChoice: (label: string) => void }} options `symbols` of the
   *   network, the last "none"
   * @param {Texts} texts
   */
  constructor(root, options, texts) {
    this.#root = root;
    this.#texts = texts;
    this.#options = options;
    const symbols = options.symbols.slice(0, -1);
    find(root, ".digits", HTMLElement).append(...symbols.filter(isDigit).map((symbol) => this.#choiceOf(symbol)));
    find(root, ".none", HTMLElement).append(this.#choiceOf("none"));
    find(root, ".signs", HTMLElement).append(
      ...symbols.filter((symbol) => !isDigit(symbol)).map((symbol) => this.#choiceOf(symbol)),
    );
    this.#agreed = find(root, "input", HTMLInputElement);
    find(root, ".consent", HTMLElement).hidden = !options.hand.canSend;
    this.#agreed.addEventListener("change", () => { options.hand.isAgreed = this.#agreed.checked; });
    root.addEventListener("keydown", ({ key }) => {
      if (isDigit(key)) this.#choose(key);
    });
    root.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !root.contains(relatedTarget)) this.close();
    });
  }

  /** @param {string} symbol */
  #choiceOf(symbol) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.dataset.label = symbol;
    button.textContent = symbol === "none" ? this.#texts("piece.no_digit") : symbol;
    if (symbol !== "none" && !isDigit(symbol)) button.setAttribute("aria-label", nameOf(symbol, this.#texts));
    button.addEventListener("click", () => this.#choose(symbol));
    return button;
  }

  /**
   * @param {HTMLElement} button beside which they stand
   * @param {Piece} piece
   * @param {boolean} isAlone whether it is the only piece: a sign alone reads nothing
   */
  open(button, piece, isAlone) {
    find(this.#root, ".signs", HTMLElement).hidden = isAlone;
    const read = piece.text || "none";
    find(this.#root, "p", HTMLElement).textContent = piece.text && !isAlone
      ? this.#texts("hand.choices.of", { symbol: nameOf(piece.text, this.#texts) }) : this.#texts("hand.choices");
    for (const choice of this.#root.querySelectorAll("button")) {
      choice.classList.toggle("read", choice.dataset.label === read);
    }
    this.#agreed.checked = this.#options.hand.isAgreed;
    this.#root.showPopover();
    this.#place(button.getBoundingClientRect());
    find(this.#root, "button", HTMLElement).focus({ preventScroll: true });
    const width = document.documentElement.clientWidth;
    let place = placeOf(button);
    animate(() => {
      const now = placeOf(button);
      const isTurned = document.documentElement.clientWidth !== width;
      if (isTurned || !isOnScreen(button)) this.close(); // or the tab was changed
      else if (now !== place) this.#place(button.getBoundingClientRect());
      place = now;
      return this.#isOpen;
    });
  }

  close() {
    if (this.#isOpen) this.#root.hidePopover();
  }

  get #isOpen() {
    return this.#root.matches(":popover-open");
  }

  /**
   * Below the button or, where there is more room, above it; it scrolls with the page.
   *
   * @param {DOMRect} button
   */
  #place(button) {
    const { offsetWidth: width, offsetHeight: height } = this.#root;
    const { clientWidth, clientHeight } = document.documentElement;
    const isBelow = clientHeight - button.bottom > Math.min(height + GAP, button.top);
    const top = isBelow ? button.bottom + GAP : button.top - GAP - height;
    const left = button.left + button.right > clientWidth ? button.right - width : button.left;
    this.#root.style.left = `${Math.max(GAP, Math.min(left, clientWidth - width - GAP)) + scrollX}px`;
    this.#root.style.top = `${Math.max(GAP, Math.min(top, clientHeight - height - GAP)) + scrollY}px`;
  }

  /** @param {string} label */
  #choose(label) {
    this.close();
    this.#options.onChoice(label);
  }
}

/**
 * Where an element stands on the page, in whole CSS pixels; scrolling changes nothing.
 *
 * @param {HTMLElement} element
 */
function placeOf(element) {
  const { left, top } = element.getBoundingClientRect();
  return [left + scrollX, top + scrollY].map(Math.round).join();
}
