// @ts-check
// Points, strokes and boxes. Without the DOM.

/** @import { Box, Point, Stroke } from "./types.js" */

const ROUNDING = 1e-6; // sides of the pad

/**
 * @param {Point} one
 * @param {Point} other
 */
export function distance([x1, y1], [x2, y2]) {
  return Math.hypot(x2 - x1, y2 - y1);
}

/**
 * 0 within the box.
 *
 * @param {Point} point
 * @param {Box} box
 */
export function distanceToBox([x, y], [left, top, width, height]) {
  const across = Math.max(left - x, 0, x - left - width);
  const down = Math.max(top - y, 0, y - top - height);
  return Math.hypot(across, down);
}

/**
 * Number of the first box that holds a point, -1 where none does.
 *
 * @param {Point} point
 * @param {Box[]} boxes
 */
export function boxAt(point, boxes) {
  return boxes.findIndex((box) => distanceToBox(point, box) === 0);
}

/**
 * Number of the box nearest to a point.
 *
 * @param {Point} point
 * @param {Box[]} boxes
 */
export function nearestBox(point, boxes) {
  const distances = boxes.map((box) => distanceToBox(point, box));
  return distances.indexOf(Math.min(...distances));
}

/**
 * @param {Stroke[]} strokes
 * @returns {number} 0 without strokes
 */
export function rightEdge(strokes) {
  return strokes.flat().reduce((right, [x]) => Math.max(right, x), 0);
}

/**
 * Whether two drawings differ by no more than rounding.
 *
 * @param {Stroke[]} drawing
 * @param {Stroke[]} other
 */
export function areAlike(drawing, other) {
  return drawing.length === other.length && drawing.every((stroke, i) => (
    stroke.length === other[i].length && stroke.every((point, j) => distance(point, other[i][j]) < ROUNDING)
  ));
}

/**
 * @param {Stroke[]} strokes
 * @param {number} factor
 * @returns {Stroke[]}
 */
export function scaledStrokes(strokes, factor) {
  return strokes.map((stroke) => stroke.map(([x, y]) => [x * factor, y * factor]));
}

/**
 * @param {Box} box
 * @param {number} factor
 * @returns {Box}
 */
export function scaledBox([left, top, width, height], factor) {
  return [left * factor, top * factor, width * factor, height * factor];
}

/**
 * The box of a piece, or for a sign that of the nearer of the digits before and after it, if there is one.
 *
 * @param {{ digit: number | null, box: Box }[]} pieces
 * @param {number} number of the piece, from 0
 * @returns {Box}
 */
export function boxOfDigitBeside(pieces, number) {
  const { digit, box } = pieces[number];
  if (digit !== null) return box;
  const [left, top, width, height] = box;
  const [nearest] = [number - 1, number + 1].map((other) => pieces[other])
    .filter((other) => typeof other?.digit === "number")
    .sort((one, other) => away(one.box) - away(other.box));
  return nearest?.box ?? box;

  /** @param {Box} other */
  function away(other) {
    return distanceToBox([left + width / 2, top + height / 2], other);
  }
}
