// @ts-check
// What the inside of the network is called, in words. Without the DOM.

import { layerOf } from "./layers.js";

/** @import { Layer, LayerName, Place } from "./inside_types.js" */
/** @import { Texts } from "./types.js" */

/**
 * @param {LayerName} name
 * @param {Texts} texts
 */
export function nameOfLayer(name, texts) {
  return texts(`inside.layer.${name}`);
}

/**
 * As "6 maps of 28 × 28".
 *
 * @param {Layer} layer
 * @param {Texts} texts
 */
export function shapeOf({ maps, side }, texts) {
  if (side === 1) return texts("inside.shape.units", { count: maps });
  return texts(maps === 1 ? "inside.shape.picture" : "inside.shape.maps", { count: maps, side });
}

/**
 * As "C3, map 5 of 16", "F6, unit 5 of 84" or "Output, 7".
 *
 * @param {Place} place
 * @param {string[]} symbols of the outputs
 * @param {Texts} texts
 */
export function titleOf({ layer: name, map }, symbols, texts) {
  const { maps, side } = layerOf(name);
  const layer = nameOfLayer(name, texts);
  if (name === "output") return texts("inside.title.output", { layer, symbol: symbols[map] });
  return texts(side === 1 ? "inside.title.unit" : "inside.title.map", { layer, number: map + 1, count: maps });
}

/**
 * Where a value is, and which: "row 3, column 4: 0.83".
 *
 * @param {Place} place
 * @param {number | undefined} value none without a drawing
 * @param {Texts} texts
 */
export function textOfPlace({ layer, row, column }, value, texts) {
  const number = value === undefined ? "–" : decimal(value, texts);
  if (layerOf(layer).side === 1) return number;
  return texts("inside.place", { row: row + 1, column: column + 1, value: number });
}

/**
 * A number with two decimals, a minus as wide as the digits, and no minus before zero.
 *
 * @param {number} value
 * @param {Texts} texts
 */
export function decimal(value, texts) {
  return texts.hundredths(Math.round(100 * value) / 100 || 0).replace("-", "−");
}
