// @ts-check
// Draws an example as a person would, by the functions that also the pointer uses.

import { animate, isMotionReduced } from "./dom.js";
import { timeline } from "./replay.js";

/** @import { Point, Stroke } from "./types.js" */

export class Player {
  #pen;
  /** @type {ReturnType<typeof animate> | undefined} */
  #animation;

  /**
   * @param {{ down: (point: Point) => void, move: (point: Point) => void, up: () => void }} pen takes
   *   points in sides of the pad
   */
  constructor(pen) {
    this.#pen = pen;
  }

  get isRunning() {
    return this.#animation?.isRunning === true;
  }

  stop() {
    this.#animation?.stop();
  }

  /** @param {Stroke[]} drawing in sides of the pad; drawn at once where motion is unwelcome */
  play(drawing) {
    const moments = timeline(drawing);
    if (isMotionReduced()) {
      for (const moment of moments) this.#trace(moment);
      return;
    }
    let next = 0;
    this.#animation = animate((elapsed) => {
      while (next < moments.length && moments[next].time <= elapsed / 1000) this.#trace(moments[next++]);
      return next < moments.length;
    });
  }

  /** @param {ReturnType<typeof timeline>[number]} moment */
  #trace({ point, starts, ends }) {
    if (starts) this.#pen.down(point);
    else this.#pen.move(point);
    if (ends) this.#pen.up();
  }
}
