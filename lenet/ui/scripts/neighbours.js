// @ts-check
// The training digits that the network finds most like a drawing. Without the DOM.

import { SIDE, forward } from "./lenet.js";

/** @import { LeNet } from "./inside_types.js" */

export const SHEET_COLUMNS = 40; // digits in a row of the sheet, as SHEET_COLUMNS of lenet/ui/inside.py
const OF_EACH = 100; // digits of each label, one label after the other

/**
 * @param {Uint8Array} sheet grey values, row by row, 255 = ink
 * @param {number} number of a digit
 * @returns {Float32Array} 784 numbers in [0, 1]
 */
export function digitOf(sheet, number) {
  const width = SHEET_COLUMNS * SIDE;
  const first = Math.floor(number / SHEET_COLUMNS) * SIDE * width + (number % SHEET_COLUMNS) * SIDE;
  return Float32Array.from({ length: SIDE ** 2 }, (_, pixel) =>
    sheet[first + Math.floor(pixel / SIDE) * width + (pixel % SIDE)] / 255);
}

/** @param {number} number of a digit of the sheet */
export function labelOf(number) {
  return Math.floor(number / OF_EACH);
}

/**
 * What F6 makes of an image.
 *
 * @param {LeNet} network
 * @param {Float32Array} image
 */
export function featuresOf(network, image) {
  return forward(network, image).f6;
}

/**
 * @param {Float32Array[]} known features of all digits
 * @param {Float32Array} features of a drawing
 * @param {number} count
 * @returns {number[]} numbers of the nearest digits, the nearest first
 */
export function nearest(known, features, count) {
  const distances = known.map((one) => one.reduce((sum, value, at) => sum + (value - features[at]) ** 2, 0));
  return distances.map((_, number) => number).sort((one, other) => distances[one] - distances[other]).slice(0, count);
}
