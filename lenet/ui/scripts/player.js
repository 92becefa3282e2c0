// @ts-check
// Draws an example as a person would, by the functions that also the pointer uses.

import { animate, isMotionReduced } from "./dom.js";
import { timeline } from "./replay.js";

/** @import { Point, Stroke } from "./types.js" */

export class Player {
  #pen;
  #side;
  /** @type {ReturnType<typeof animate> | undefined} */
  #animation;

  /**
   * @param {{ penDown: (point: Point) => void, penMove: (point: Point) => void, penUp: () => void }} pen
   * @param {() => number} side of the pad, in the unit of the pen's points
   */
  constructor(pen, side) {
    this.#pen = pen;
    this.#side = side;
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
  #trace({ point: [x, y], starts, ends }) {
    /** @type {Point} */
    const point = [x * this.#side(), y * this.#side()];
    if (starts) this.#pen.penDown(point);
    else this.#pen.penMove(point);
    if (ends) this.#pen.penUp();
  }
}
