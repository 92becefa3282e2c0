// @ts-check
// At the first visit an example draws itself, once, unless the visitor begins.

import { isMotionReduced, send } from "./dom.js";

const DELAY = 800; // ms

export class Greeting {
  isRunning = false;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** Asks for an example after a while, where motion is welcome; it comes as event `lenet:greeting`. */
  askSoon() {
    if (!isMotionReduced()) this.#timer = setTimeout(() => send("first-visit"), DELAY);
  }

  end() {
    clearTimeout(this.#timer);
    this.isRunning = false;
  }
}
