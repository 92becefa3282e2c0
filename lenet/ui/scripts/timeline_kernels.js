// @ts-check
// The kernels of the first layer, which change smoothly from moment to moment.

import { animate, isMotionReduced } from "./dom.js";
import { KERNEL } from "./lenet.js";
import { gridOf, paintSigned } from "./map_grid.js";

const GRID = gridOf({ maps: 6, side: KERNEL, columns: 6, gap: 1 });
const DURATION = 240; // ms; chosen: less than a moment lasts while they are played

export class Kernels {
  #canvas;
  #pixels = new ImageData(GRID.width, GRID.height);
  #largest;
  /** @type {Float32Array} */
  #shown = new Float32Array(GRID.maps * KERNEL ** 2);
  /** @type {ReturnType<typeof animate> | undefined} */
  #animation;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} largest weight at any moment, without its sign
   */
  constructor(canvas, largest) {
    this.#canvas = canvas;
    this.#largest = largest;
    Object.assign(canvas, { width: GRID.width, height: GRID.height });
  }

  /** @param {Float32Array} weights kernel by kernel, row by row */
  show(weights) {
    this.#animation?.stop();
    const from = this.#shown.slice();
    if (isMotionReduced()) return this.#paint(weights);
    this.#animation = animate((elapsed) => {
      const done = Math.min(1, elapsed / DURATION);
      this.#paint(from.map((weight, at) => weight + done * (weights[at] - weight)));
      return done < 1;
    });
  }

  /** @param {Float32Array} weights */
  #paint(weights) {
    this.#shown = weights;
    paintSigned(this.#pixels.data, GRID, weights, this.#largest);
    this.#canvas.getContext("2d")?.putImageData(this.#pixels, 0, 0);
  }
}
