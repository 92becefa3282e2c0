// @ts-check
// Maps side by side on one canvas, each value a pixel, and what lies where. Without the DOM.

/** @import { MapGrid } from "./inside_types.js" */

/**
 * @param {{ maps: number, side: number, columns: number, gap: number, rowGap?: number }} layout `gap` between
 *   maps in pixels of theirs; `rowGap` between their rows, if that is another
 * @returns {MapGrid}
 */
export function gridOf({ maps, side, columns, gap, rowGap = gap }) {
  const rows = Math.ceil(maps / columns);
  const width = columns * (side + gap) - gap;
  return { maps, side, columns, gap, rowGap, width, height: rows * (side + rowGap) - rowGap };
}

/**
 * The left upper pixel of a map.
 *
 * @param {MapGrid} grid
 * @param {number} map
 */
export function cornerOf({ side, columns, gap, rowGap }, map) {
  return { left: (map % columns) * (side + gap), top: Math.floor(map / columns) * (side + rowGap) };
}

/**
 * The value nearest to a point.
 *
 * @param {MapGrid} grid
 * @param {number} x in shares of the canvas, as y
 * @param {number} y
 */
export function cellAt(grid, x, y) {
  const { maps, side, columns, gap, rowGap, width, height } = grid;
  const across = Math.min(columns - 1, Math.max(0, Math.floor((x * width + gap / 2) / (side + gap))));
  const rows = Math.ceil(maps / columns);
  const down = Math.min(rows - 1, Math.max(0, Math.floor((y * height + rowGap / 2) / (side + rowGap))));
  const map = Math.min(maps - 1, down * columns + across);
  const { left, top } = cornerOf(grid, map);
  const inside = (/** @type {number} */ at) => Math.min(side - 1, Math.max(0, Math.floor(at)));
  return { map, row: inside(y * height - top), column: inside(x * width - left) };
}

/**
 * Paints signed values: above 0 in one colour, below in another, more opaque the farther from 0. The opacity is a
 * square root: most values are small.
 *
 * @param {Uint8ClampedArray} pixels RGBA of a canvas of the grid's size
 * @param {MapGrid} grid
 * @param {ArrayLike<number>} values map by map, row by row
 * @param {number} most the value from which on a pixel is opaque
 */
export function paintSigned(pixels, grid, values, most) {
  const scale = most > 0 ? 255 / Math.sqrt(most) : 0;
  paint(grid, (at, pixel) => {
    const value = values[at];
    const [red, green, blue] = value < 0 ? BELOW : ABOVE;
    pixels[pixel] = red;
    pixels[pixel + 1] = green;
    pixels[pixel + 2] = blue;
    pixels[pixel + 3] = Math.sqrt(Math.abs(value)) * scale;
  });
}

// Okabe and Ito's vermilion and blue, which people with any kind of colour vision tell apart; on white and
// on the page's dark ground alike their contrast is 3 or more.
export const ABOVE = [213, 94, 0];
export const BELOW = [12, 122, 190];

/**
 * Paints ink white: the ground is the style sheet's.
 *
 * @param {Uint8ClampedArray} pixels RGBA of a canvas of the grid's size
 * @param {MapGrid} grid
 * @param {ArrayLike<number>} ink in [0, 1]
 */
export function paintInk(pixels, grid, ink) {
  paint(grid, (at, pixel) => {
    pixels[pixel] = pixels[pixel + 1] = pixels[pixel + 2] = 255;
    pixels[pixel + 3] = 255 * ink[at];
  });
}

/**
 * Paints ink in the colours of signed values; ink of value 0 is grey.
 *
 * @param {Uint8ClampedArray} pixels RGBA of a canvas of the grid's size
 * @param {MapGrid} grid
 * @param {ArrayLike<number>} values
 * @param {ArrayLike<number>} ink in [0, 1]
 */
export function paintOnInk(pixels, grid, values, ink) {
  const most = largest(values) || 1;
  paint(grid, (at, pixel) => {
    const share = Math.sqrt(Math.abs(values[at]) / most);
    const colour = values[at] < 0 ? BELOW : ABOVE;
    for (let part = 0; part < 3; part++) pixels[pixel + part] = GREY + share * (colour[part] - GREY);
    pixels[pixel + 3] = 255 * ink[at];
  });
}

const GREY = 150; // of ink that says nothing, of 255

/**
 * @param {MapGrid} grid
 * @param {(at: number, pixel: number) => void} put takes the number of a value, and of its pixel's first byte
 */
function paint(grid, put) {
  const { maps, side, width } = grid;
  for (let map = 0, at = 0; map < maps; map++) {
    const { left, top } = cornerOf(grid, map);
    for (let row = 0; row < side; row++) {
      const first = 4 * ((top + row) * width + left);
      for (let column = 0; column < side; column++) put(at++, first + 4 * column);
    }
  }
}

/**
 * @param {ArrayLike<number>} values
 * @returns {number} the largest distance from 0
 */
export function largest(values) {
  let most = 0;
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]));
  return most;
}
