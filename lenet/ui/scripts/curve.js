// @ts-check
// Smooth lines through a few points, as `curve` of examples.py makes them. Without the DOM.

/** @import { Point, Stroke } from "./types.js" */

const STEPS = 8; // points of the line per control point
const PLACES = 10_000; // a coordinate is rounded to this share of the pad's side

/**
 * @param {Point[]} controls in hundredths of the pad; a point given twice is a corner
 * @returns {Stroke} in sides of the pad
 */
export function curve(controls) {
  const line = splitAtCorners(controls).flatMap(catmullRom);
  return line.map(([x, y]) => [rounded(x / 100), rounded(y / 100)]);
}

/**
 * @param {Stroke[]} strokes in sides of the pad
 * @returns {string} an SVG path in a square of 100
 */
export function pathOf(strokes) {
  const place = (/** @type {Point} */ [x, y]) => `${(100 * x).toFixed(1)},${(100 * y).toFixed(1)}`;
  return strokes.map((stroke) => `M${stroke.map(place).join("L")}`).join("");
}

/** @param {Point[]} controls each part between corners has two at least */
function splitAtCorners(controls) {
  /** @type {Point[][]} */
  const runs = [[]];
  controls.forEach((point, i) => {
    const isCorner = i > 0 && point[0] === controls[i - 1][0] && point[1] === controls[i - 1][1];
    if (isCorner) runs.push([point]);
    else runs[runs.length - 1].push(point);
  });
  return runs;
}

/**
 * The uniform Catmull-Rom spline through the points of a run.
 *
 * @param {Point[]} run
 * @returns {Point[]}
 */
function catmullRom(run) {
  const knots = [mirrored(run[0], run[1]), ...run, mirrored(run[run.length - 1], run[run.length - 2])];
  /** @type {Point[]} */
  const line = [];
  for (let i = 1; i < knots.length - 2; i += 1) {
    const [a, b, c, d] = knots.slice(i - 1, i + 3);
    for (let step = 0; step < STEPS; step += 1) {
      line.push([spline(a[0], b[0], c[0], d[0], step / STEPS), spline(a[1], b[1], c[1], d[1], step / STEPS)]);
    }
  }
  return [...line, run[run.length - 1]];
}

/**
 * @param {Point} end
 * @param {Point} neighbour
 * @returns {Point}
 */
function mirrored([x, y], [neighbourX, neighbourY]) {
  return [2 * x - neighbourX, 2 * y - neighbourY];
}

/**
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 * @param {number} t from 0 at b to 1 at c
 */
function spline(a, b, c, d, t) {
  return (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3) / 2;
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * PLACES) / PLACES;
}
