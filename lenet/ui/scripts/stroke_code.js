// @ts-check
// A drawing as a short text for an address, and back. Without the DOM.
//
// The version, then bytes in base64url: for each stroke its number of points, and for each point its steps on a
// grid, right and down, from the one before; at the end a checksum. Numbers have seven bits a byte, the
// lowest first; the eighth says that more follow.

import { densified, lengthOf, simplified } from "./polyline.js";

/** @import { Point, Stroke } from "./types.js" */

const VERSION = "1";
const GRID = 512; // steps a side of the pad: about one a pixel
const TOLERANCE = 0.8; // steps by which the line may be off; a point is off by up to 0.71 on the grid alone
const STEP = 0.01; // sides of the pad between the points of a drawing that was read
const FARTHEST = 32; // sides of the pad from its corner: farther off nobody draws

export const LONGEST = 2000; // characters, about 25 digits: some programs cut longer addresses
const MOST_POINTS = 10_000; // of a drawing that was read
const TOO_MANY_POINTS = 50_000; // to be simplified while a visitor waits

const PRIME = 65_521; // the largest below 2 ** 16

/**
 * @param {Stroke[]} strokes in sides of the pad
 * @returns {string | null} empty without strokes; null where it would be too long
 */
export function encoded(strokes) {
  if (strokes.length === 0) return "";
  if (strokes.flat().length > TOO_MANY_POINTS) return null;
  /** @type {number[]} */
  const bytes = [];
  let last = [0, 0];
  for (const stroke of strokes) {
    const points = simplified(stroke.map(onGrid), TOLERANCE);
    if (!points.flat().every(isNear)) return null;
    writeNumber(bytes, points.length);
    for (const point of points) {
      point.forEach((value, axis) => writeNumber(bytes, unsigned(value - last[axis])));
      last = point;
    }
    if (bytes.length > LONGEST) return null;
  }
  const sum = checksum(bytes);
  const text = VERSION + textOf([...bytes, sum >> 8, sum & 255]);
  return text.length > LONGEST ? null : text;
}

/**
 * @param {string} text may be anything
 * @returns {Stroke[] | null} in sides of the pad; null where it is no whole drawing
 */
export function decoded(text) {
  const bytes = text.length <= LONGEST && text[0] === VERSION ? bytesOf(text.slice(1)) : null;
  if (!bytes || bytes.length < 2) return null;
  const sum = bytes.splice(-2);
  if (checksum(bytes) !== (sum[0] << 8) + sum[1]) return null;
  const strokes = readStrokes(bytes);
  if (!strokes || strokes.length === 0) return null;
  const length = strokes.reduce((total, stroke) => total + lengthOf(stroke), 0);
  const step = Math.max(STEP, length / MOST_POINTS);
  return strokes.map((stroke) => densified(stroke, step));
}

/**
 * @param {number[]} bytes
 * @returns {Stroke[] | null}
 */
function readStrokes(bytes) {
  const reader = { bytes, at: 0 };
  /** @type {Stroke[]} */
  const strokes = [];
  let last = [0, 0];
  while (reader.at < bytes.length) {
    /** @type {Stroke} */
    const stroke = [];
    const count = readNumber(reader);
    if (!(count >= 1 && count <= bytes.length)) return null;
    for (let i = 0; i < count; i += 1) {
      last = last.map((value) => value + signed(readNumber(reader)));
      if (!last.every(isNear)) return null; // also where the bytes end too soon
      stroke.push(/** @type {Point} */ (last.map((value) => value / GRID)));
    }
    strokes.push(stroke);
  }
  return strokes;
}

/**
 * @param {Point} point in sides of the pad
 * @returns {Point}
 */
function onGrid([x, y]) {
  return [Math.round(x * GRID), Math.round(y * GRID)];
}

/** @param {number} steps */
function isNear(steps) {
  return Math.abs(steps) <= FARTHEST * GRID; // NaN is not
}

/** @param {number} value a whole number; small ones, also negative, become small ones */
function unsigned(value) {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** @param {number} value */
function signed(value) {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/**
 * @param {number[]} bytes
 * @param {number} value
 */
function writeNumber(bytes, value) {
  let rest = value;
  for (; rest > 127; rest >>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
}

/**
 * @param {{ bytes: number[], at: number }} reader
 * @returns {number} NaN where the bytes end too soon, or never
 */
function readNumber(reader) {
  let value = 0;
  for (let shift = 0; shift < 21; shift += 7) {
    const byte = reader.bytes[reader.at++] ?? NaN;
    value += (byte & 127) << shift;
    if (Number.isNaN(byte)) return NaN;
    if (byte < 128) return value;
  }
  return NaN;
}

/** @param {number[]} bytes */
function checksum(bytes) {
  return bytes.reduce((sum, byte) => (sum * 257 + byte + 1) % PRIME, 1);
}

/** @param {number[]} bytes */
function textOf(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} text
 * @returns {number[] | null} null where `textOf` would not have written it so
 */
function bytesOf(text) {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  const bytes = [...atob(text.replaceAll("-", "+").replaceAll("_", "/"))].map((one) => one.charCodeAt(0));
  return textOf(bytes) === text ? bytes : null;
}
