// @ts-check
// A bar for each digit, for no digit, and for the likeliest sign.

import { find } from "./dom.js";
import { percent } from "./texts.js";
import { DIGITS } from "./timeline_answer.js";

/** @import { Answered } from "./timeline_answer.js" */
/** @import { Texts } from "./types.js" */

export class Bars {
  #symbols;
  #texts;
  /** @type {{ row: HTMLElement, name: HTMLElement, share: HTMLElement }[]} */
  #bars;

  /**
   * @param {HTMLElement} list with a template of a row
   * @param {string[]} symbols of the outputs, the last for "none"
   * @param {Texts} texts
   */
  constructor(list, symbols, texts) {
    this.#symbols = symbols;
    this.#texts = texts;
    const template = find(list, "template", HTMLTemplateElement);
    this.#bars = Array.from({ length: DIGITS + 2 }, () => {
      const part = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
      const row = find(part, "li", HTMLElement);
      list.append(row);
      return { row, name: find(row, ".name", HTMLElement), share: find(row, ".share", HTMLElement) };
    });
  }

  /** @param {Answered} answered */
  show({ shares, likeliest, sign }) {
    const none = this.#symbols.length - 1;
    this.#bars.forEach(({ row, name, share }, number) => {
      const symbol = number < DIGITS ? number : number === DIGITS ? none : sign;
      write(name, symbol === none ? this.#texts("piece.no_digit") : this.#symbols[symbol]);
      write(share, percent(shares[symbol], this.#texts));
      row.style.setProperty("--share", String(shares[symbol]));
      row.classList.toggle("read", symbol === likeliest);
    });
  }
}

/**
 * Writes a text, unless it is there: that would lay it out anew.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
