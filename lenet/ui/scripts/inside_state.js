// @ts-check
// Where a visitor is inside the network, and how they move there. Without the DOM.

import { LAYERS, layerOf } from "./layers.js";
import { sourcesOf } from "./weighted_sums.js";

/** @import { InsideState, LayerName, Place } from "./inside_types.js" */

export const LEVELS = 3; // all maps; one map; one sum

/** @type {InsideState} the pair of `digits` is that of the two likeliest symbols as long as it is null */
export const START = { layer: "c1", map: 0, row: 14, column: 14, source: 0, level: 1, digits: null };

/**
 * The state nearest to what is wanted: whatever does not fit is left as it is or brought into range.
 *
 * @param {InsideState} state
 * @param {Partial<Record<keyof InsideState, unknown>>} wanted may come from an address
 * @returns {InsideState}
 */
export function moved(state, wanted) {
  const name = LAYERS.some((layer) => layer.name === wanted.layer)
    ? /** @type {LayerName} */ (wanted.layer) : state.layer;
  const { maps, side } = layerOf(name);
  const number = (/** @type {"map" | "row" | "column" | "source" | "level"} */ key) => {
    const value = Number(wanted[key] ?? state[key]);
    return Number.isFinite(value) ? Math.round(value) : state[key];
  };
  const place = {
    layer: name,
    map: inRange(number("map"), 0, maps - 1),
    row: inRange(number("row"), 0, side - 1),
    column: inRange(number("column"), 0, side - 1),
  };
  const sources = sourcesOf(place);
  return {
    ...place,
    source: sources.includes(number("source")) ? number("source") : sources[0] ?? 0,
    level: inRange(number("level"), 1, LEVELS),
    digits: wanted.digits === undefined ? state.digits : pairOf(wanted.digits),
  };
}

/**
 * Another layer, at its middle: the same row and column would be another place of the picture there.
 *
 * @param {InsideState} state
 * @param {LayerName} layer
 */
export function toLayer(state, layer) {
  const [from, to] = [layerOf(state.layer).side, layerOf(layer).side];
  const scaled = (/** @type {number} */ at) => Math.floor(((at + 0.5) * to) / from);
  return moved(state, { layer, map: 0, row: scaled(state.row), column: scaled(state.column) });
}

/**
 * The state after an arrow key.
 *
 * @param {InsideState} state
 * @param {string} key
 * @param {number} columns of maps, if the key moves from map to map; 0 if it moves within one
 * @returns {InsideState | null} null for other keys
 */
export function afterKey(state, key, columns) {
  const [down, right] = ARROWS[key] ?? [0, 0];
  if (down === 0 && right === 0) return null;
  return columns > 0 ? moved(state, { map: state.map + down * columns + right })
    : moved(state, { row: state.row + down, column: state.column + right });
}

/** @type {Record<string, [number, number]>} rows down and columns right */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * The next place of a kernel that slides over its map, row by row, and then again.
 *
 * @param {InsideState} state
 */
export function slid(state) {
  const { maps, side } = layerOf(state.layer);
  if (side === 1) return moved(state, { map: (state.map + 1) % maps });
  const next = (state.row * side + state.column + 1) % side ** 2;
  return moved(state, { row: Math.floor(next / side), column: next % side });
}

/**
 * The place whose patch has a pixel of the layer before in its middle.
 *
 * @param {Place} place
 * @param {number} row of the pixel
 * @param {number} column
 */
export function placeSeeing({ layer }, row, column) {
  const { window, step, side } = layerOf(layer);
  const nearest = (/** @type {number} */ at) => inRange(Math.round((at - (window - 1) / 2) / step), 0, side - 1);
  return { row: nearest(row), column: nearest(column) };
}

/**
 * @param {unknown} digits
 * @returns {[string, string] | null}
 */
function pairOf(digits) {
  if (!Array.isArray(digits) || digits.length !== 2 || digits[0] === digits[1]) return null;
  return [String(digits[0]), String(digits[1])];
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function inRange(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
