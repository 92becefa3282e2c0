// @ts-check
// What is wrong on the pad, in a sentence, and a button that tries again.

import { find } from "./dom.js";

const BRIEFLY = 5000; // ms

export class Notice {
  #sentence;
  #button;

  /**
   * @param {HTMLElement} element
   * @param {() => void} retry
   */
  constructor(element, retry) {
    this.#sentence = find(element, ".notice .sentence", HTMLElement);
    this.#button = find(element, ".retry", HTMLElement);
    this.#button.addEventListener("click", retry);
  }

  /**
   * @param {string} sentence empty for none
   * @param {boolean} canRetry
   */
  say(sentence, canRetry = false) {
    // Screen readers announce every write.
    if (this.#sentence.textContent !== sentence) this.#sentence.textContent = sentence;
    this.#button.hidden = !canRetry;
  }

  /** @param {string} sentence that vanishes by itself */
  sayBriefly(sentence) {
    this.say(sentence);
    setTimeout(() => {
      if (this.#sentence.textContent === sentence) this.say("");
    }, BRIEFLY);
  }
}
