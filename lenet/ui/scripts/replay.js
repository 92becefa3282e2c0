// @ts-check
// The times at which a person would draw the points of an example. Without the DOM.

import { distance } from "./geometry.js";

/** @import { Point, Stroke } from "./types.js" */

const PEN_SPEED = 1.7; // sides of the pad per second
const LIFT_TIME = 0.18; // seconds between two strokes

/**
 * @typedef {object} Moment
 * @property {Point} point in sides of the pad
 * @property {number} time when the pen is there, in seconds
 * @property {boolean} starts whether a stroke starts there
 * @property {boolean} ends whether a stroke ends there
 */

/**
 * When the pen is where: it moves at a constant speed and is lifted between strokes.
 *
 * @param {Stroke[]} drawing in sides of the pad
 * @returns {Moment[]}
 */
export function timeline(drawing) {
  let time = 0;
  return drawing.flatMap((stroke, number) => stroke.map((point, i) => {
    if (i > 0) time += distance(stroke[i - 1], point) / PEN_SPEED;
    else if (number > 0) time += LIFT_TIME;
    return { point, time, starts: i === 0, ends: i === stroke.length - 1 };
  }));
}
