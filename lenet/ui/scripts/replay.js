// @ts-check
// An example as a hand would draw it. Without the DOM.

import { distance } from "./geometry.js";

/** @import { Point, Stroke } from "./types.js" */

const HAND_SPEED = 1.7; // sides of the pad per second
const LIFTED = 0.18; // seconds between two strokes

/**
 * @typedef {object} Moment
 * @property {Point} point in sides of the pad
 * @property {number} time when the hand is there, in seconds
 * @property {boolean} starts whether a stroke starts there
 * @property {boolean} ends whether a stroke ends there
 */

/**
 * When the hand is where: it moves evenly and lifts between strokes.
 *
 * @param {Stroke[]} drawing in sides of the pad
 * @returns {Moment[]}
 */
export function timeline(drawing) {
  let time = 0;
  return drawing.flatMap((stroke, number) => stroke.map((point, i) => {
    if (i > 0) time += distance(stroke[i - 1], point) / HAND_SPEED;
    else if (number > 0) time += LIFTED;
    return { point, time, starts: i === 0, ends: i === stroke.length - 1 };
  }));
}
