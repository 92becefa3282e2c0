// @ts-check
// Fewer points for a stroke, and more. Without the DOM.

import { distance } from "./geometry.js";

/** @import { Point, Stroke } from "./types.js" */

/**
 * The points that suffice: the line between them stays within `tolerance` of all others
 * (Ramer 1972, Douglas and Peucker 1973).
 *
 * @param {Stroke} stroke
 * @param {number} tolerance
 * @returns {Stroke}
 */
export function simplified(stroke, tolerance) {
  const isKept = stroke.map((_, i) => i === 0 || i === stroke.length - 1);
  const spans = [[0, stroke.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    let [farthest, far] = [-1, tolerance];
    for (let i = from + 1; i < to; i += 1) {
      const away = distanceToSegment(stroke[i], stroke[from], stroke[to]);
      if (away > far) [farthest, far] = [i, away];
    }
    if (farthest < 0) continue;
    isKept[farthest] = true;
    spans.push([from, farthest], [farthest, to]);
  }
  return stroke.filter((_, i) => isKept[i]);
}

/**
 * The same line with points at most `step` apart, as a pen gives them: the pad joins points by curves, which
 * would cut the corners between a few.
 *
 * @param {Stroke} stroke
 * @param {number} step
 * @returns {Stroke}
 */
export function densified(stroke, step) {
  /** @type {Stroke} */
  const dense = [stroke[0]];
  for (let i = 1; i < stroke.length; i += 1) {
    const [[x, y], [nextX, nextY]] = [stroke[i - 1], stroke[i]];
    const parts = Math.max(1, Math.ceil(distance(stroke[i - 1], stroke[i]) / step));
    for (let part = 1; part <= parts; part += 1) {
      dense.push([x + ((nextX - x) * part) / parts, y + ((nextY - y) * part) / parts]);
    }
  }
  return dense;
}

/** @param {Stroke} stroke */
export function lengthOf(stroke) {
  return stroke.slice(1).reduce((sum, point, i) => sum + distance(stroke[i], point), 0);
}

/**
 * @param {Point} point
 * @param {Point} start
 * @param {Point} end
 */
function distanceToSegment(point, start, end) {
  const [x, y] = [end[0] - start[0], end[1] - start[1]];
  const square = x * x + y * y;
  const along = square === 0 ? 0 : ((point[0] - start[0]) * x + (point[1] - start[1]) * y) / square;
  const share = Math.min(1, Math.max(0, along));
  return distance(point, [start[0] + share * x, start[1] + share * y]);
}
