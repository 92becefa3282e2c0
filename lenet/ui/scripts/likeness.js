// @ts-check
// Shows the training digits that the network finds most like the drawing.

import { find } from "./dom.js";
import { SIDE } from "./lenet.js";
import { MapCanvas } from "./map_canvas.js";
import { gridOf } from "./map_grid.js";
import { digitOf, labelOf } from "./neighbours.js";

/** @import { Texts } from "./types.js" */

const SCALE = 2; // CSS pixels a pixel
const COLUMNS = 4; // digits in a row

export class Likeness {
  #root;
  #canvas;
  #texts;
  #sheet;

  /**
   * @param {HTMLElement} root
   * @param {Uint8Array} sheet as `digitOf` takes it
   * @param {Texts} texts
   */
  constructor(root, sheet, texts) {
    this.#root = root;
    this.#sheet = sheet;
    this.#texts = texts;
    this.#canvas = new MapCanvas(find(root, ".maps", HTMLElement));
  }

  /** @param {number[]} neighbours numbers of digits of the sheet */
  show(neighbours) {
    this.#root.hidden = neighbours.length === 0;
    if (neighbours.length === 0) return;
    const digits = neighbours.map((number) => [...digitOf(this.#sheet, number)]);
    const labels = neighbours.map((number) => String(labelOf(number)));
    this.#canvas.name(labels);
    this.#canvas.layOut({
      grid: gridOf({ maps: digits.length, side: SIDE, columns: COLUMNS, gap: 2, rowGap: 11 }), scale: SCALE,
    });
    this.#canvas.paintInk(digits.flat());
    this.#canvas.tell({ label: this.#texts("inside.alike.label", { labels: labels.join(", ") }) });
  }
}
