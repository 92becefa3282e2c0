// @ts-check
// What the network of a moment answers. Without the DOM.

import { forward } from "./lenet.js";

/** @import { LeNet } from "./inside_types.js" */

/**
 * @typedef {object} Answered
 * @property {Float64Array} shares probability of each symbol, in [0, 1]
 * @property {number} likeliest of the symbols, by number
 * @property {number} sign the likeliest of those that are neither digits nor the last, by number
 */

/**
 * @param {LeNet} network
 * @param {ArrayLike<number>} image 784 numbers in [0, 1], 1 = ink
 * @param {number} temperature by which logits are divided
 * @returns {Answered}
 */
export function answerOf(network, image, temperature) {
  const logits = [...forward(network, image).output, 0]; // that of "none" is fixed
  const largest = Math.max(...logits);
  const powers = Float64Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const sum = powers.reduce((one, other) => one + other, 0);
  const shares = powers.map((power) => power / sum);
  return { shares, likeliest: highest(shares, 0, shares.length), sign: highest(shares, DIGITS, shares.length - 1) };
}

export const DIGITS = 10;

/**
 * @param {Float64Array} shares
 * @param {number} from
 * @param {number} to
 */
function highest(shares, from, to) {
  let best = from;
  for (let at = from + 1; at < to; at++) if (shares[at] > shares[best]) best = at;
  return best;
}

/**
 * @param {string} bytes base64
 * @returns {Float32Array} in [0, 1]
 */
export function imageOf(bytes) {
  return Float32Array.from(atob(bytes), (byte) => byte.charCodeAt(0) / 255);
}
