// @ts-check
// The curves of a training above the slider of its moments. Without the DOM.

/** @import { Moment } from "./timeline_types.js" */

/**
 * A line through a value of each moment.
 *
 * @param {number[]} heights in [0, 1], 1 = top
 * @returns {string} an SVG path, as wide as there are steps between moments and 1 high
 */
export function lineThrough(heights) {
  return heights.map((height, moment) => `${moment ? "L" : "M"}${moment},${(1 - height).toFixed(4)}`).join("");
}

/**
 * @param {Moment[]} moments
 * @returns {{ accuracies: number[], losses: number[] }} for each moment, in [0, 1]; a loss of the largest is 1
 */
export function heightsOf(moments) {
  const largest = Math.max(...moments.map(({ loss }) => loss));
  return { accuracies: moments.map(({ accuracy }) => accuracy), losses: moments.map(({ loss }) => loss / largest) };
}

/**
 * Where powers of ten of the images seen lie on the slider: the moments lie at their logarithms, but for the
 * first ones, which are whole steps.
 *
 * @param {Moment[]} moments
 * @returns {{ images: number, at: number }[]} `at` in [0, 1]
 */
export function ticksOf(moments) {
  const ticks = [];
  const last = moments.length - 1;
  for (let images = 10; images <= moments[last].images; images *= 10) {
    const after = moments.findIndex((moment) => moment.images >= images);
    if (after < 1) continue;
    const [from, to] = [moments[after - 1].images, moments[after].images];
    ticks.push({ images, at: (after - 1 + Math.log(images / from) / Math.log(to / from)) / last });
  }
  return ticks;
}
