// @ts-check
// The drawing, kept in this tab of the browser for as long as that is open: a reload does not lose it.

import { scaledStrokes } from "./geometry.js";

/** @import { Stroke } from "./types.js" */

const KEY = "lenet.drawing";
const DIGITS = 5; // decimals of a coordinate in sides of the pad: a hundredth of a pixel

/**
 * @typedef {object} Kept
 * @property {Stroke[]} strokes in the unit asked for
 * @property {boolean} isExample
 * @property {string} [hash] of the address at that time
 * @property {string} [replaced] the one before it
 */

/**
 * @param {Kept} drawing
 * @param {number} side of the pad, in the unit of the strokes; 0 if it has not been shown yet
 */
export function keep({ strokes, isExample, replaced }, side) {
  if (side === 0) return;
  try {
    sessionStorage.setItem(KEY, packed({ strokes, isExample, hash: location.hash, replaced }, side));
  } catch {
    // Storage may be full, or forbidden: then a reload loses the drawing.
  }
}

/**
 * @param {number} side of the pad
 * @returns {Kept | null} null where nothing was kept, not even an empty pad: this visit is the first
 */
export function kept(side) {
  try {
    return unpacked(sessionStorage.getItem(KEY), side);
  } catch {
    return { strokes: [], isExample: false };
  }
}

/**
 * @param {Kept} drawing
 * @param {number} side
 */
export function packed({ strokes, isExample, hash, replaced }, side) {
  const rounded = scaledStrokes(strokes, 1 / side)
    .map((stroke) => stroke.map((point) => point.map((value) => Number(value.toFixed(DIGITS)))));
  return JSON.stringify({ strokes: rounded, isExample, hash, replaced });
}

/**
 * @param {string | null} text
 * @param {number} side
 * @returns {Kept | null}
 */
export function unpacked(text, side) {
  if (text === null) return null;
  const { strokes, ...others } = JSON.parse(text);
  return { strokes: scaledStrokes(strokes, side), ...others };
}
