// @ts-check
// Sums and products of lists of numbers. Without the DOM.

/**
 * one + share · other
 *
 * @param {Float64Array} one
 * @param {number} share
 * @param {Float64Array} other
 */
export function sum(one, share, other) {
  const total = new Float64Array(one.length);
  for (let at = 0; at < one.length; at++) total[at] = one[at] + share * other[at];
  return total;
}

/**
 * @param {Float64Array} one
 * @param {ArrayLike<number>} other
 */
export function dot(one, other) {
  let total = 0;
  for (let at = 0; at < one.length; at++) total += one[at] * other[at];
  return total;
}
