// @ts-check
// Makes room for more digits on the pad, a while after the pen was lifted.

import { animate, isMotionReduced } from "./dom.js";
import { eased } from "./view.js";

const DELAY = 1200; // ms after the pen was lifted: longer than between two strokes of a 4
const DURATION = 350; // ms

export class Zoom {
  /** CSS pixels a unit of the paper. */
  value = 1;

  #goal;
  #onChange;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof animate> | undefined} */
  #animation;

  /**
   * @param {() => number} goal the zoom that leaves room
   * @param {() => void} onChange
   */
  constructor(goal, onChange) {
    this.#goal = goal;
    this.#onChange = onChange;
  }

  makeRoomSoon() {
    this.stop();
    this.#timer = setTimeout(() => this.#makeRoom(), DELAY);
  }

  /** Cancels `makeRoomSoon`, and stops a zoom that is under way. */
  stop() {
    clearTimeout(this.#timer);
    this.#animation?.stop();
  }

  /** @param {number} value */
  set(value) {
    this.value = value;
    this.#onChange();
  }

  #makeRoom() {
    const [from, goal] = [this.value, this.#goal()];
    if (goal === from) return;
    if (isMotionReduced()) {
      this.set(goal);
      return;
    }
    this.#animation = animate((elapsed) => {
      const done = Math.min(1, elapsed / DURATION);
      this.set(eased(from, goal, done));
      return done < 1;
    });
  }
}
