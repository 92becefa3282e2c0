// @ts-check
// The buttons below the pad.

import { find } from "./dom.js";

/** @typedef {"undo" | "redo" | "clear"} Command also the class of its button */

export class Tools {
  #buttons;

  /**
   * @param {HTMLElement} element
   * @param {Record<Command, () => void>} commands
   */
  constructor(element, commands) {
    const button = (/** @type {Command} */ name) => {
      const found = find(element, `.${name}`, HTMLElement);
      found.addEventListener("click", () => commands[name]());
      return found;
    };
    this.#buttons = { undo: button("undo"), redo: button("redo"), clear: button("clear") };
  }

  /** @param {Record<Command, boolean>} able whether there is something to undo, redo or clear */
  show(able) {
    for (const name of /** @type {Command[]} */ (Object.keys(able))) {
      this.#buttons[name].setAttribute("aria-disabled", String(!able[name]));
    }
  }
}
