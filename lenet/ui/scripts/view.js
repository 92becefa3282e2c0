// @ts-check
// How wide the pen is, and from how far away the paper is seen. Without the DOM.
//
// A number that comes near the right edge is seen from farther away: the whole of it
// stays in sight, and there is room to write on. Only the view changes, never the
// strokes. One digit, however large, is left alone.

/** @import { Box } from "./types.js" */

const PEN = 0.042; // stroke width, of the pad's side
const PEN_OF_NUMBERS = 0.12; // stroke width, of the height of the tallest digit, where there are several
const MIN_PEN = 2.5; // CSS pixels

const NEAR_THE_EDGE = 0.86; // of the pad's side
const STEP_BACK = 0.72; // factor of the zoom, as often as needed

/**
 * The pen's stroke width in units of the paper. The wide pen of one digit would fill the loops of small ones.
 *
 * @param {Box[]} boxes of the pieces
 * @param {number} side of the pad, in CSS pixels
 * @param {number} zoom CSS pixels a unit of the paper
 */
export function penWidth(boxes, side, zoom) {
  const tallest = Math.max(...boxes.map(([, , , height]) => height));
  const fitting = boxes.length > 1 ? PEN_OF_NUMBERS * tallest : Infinity;
  return Math.max(Math.min(PEN * side, fitting), MIN_PEN / zoom);
}

/**
 * The largest zoom that leaves room at the right.
 *
 * @param {number} right edge of the strokes, in units of the paper
 * @param {number} side of the pad, in CSS pixels
 */
export function roomyZoom(right, side) {
  let zoom = 1;
  while (right * zoom > NEAR_THE_EDGE * side) zoom *= STEP_BACK;
  return zoom;
}

/**
 * Fast first, then slower.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} done share of the time, in [0, 1]
 */
export function eased(from, to, done) {
  return from + (to - from) * (1 - (1 - done) ** 3);
}
