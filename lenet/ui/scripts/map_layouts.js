// @ts-check
// How the maps of a layer are laid out in the width that there is. Without the DOM.

import { gridOf } from "./map_grid.js";

/** @import { Layer, LayerName, MapGrid } from "./inside_types.js" */

/**
 * For each layer: how many maps may stand in a row, the most first; pixels of the map between them; and how many
 * CSS pixels a value measures at least and at most. Chosen by eye, so that all rows are about as wide.
 *
 * @type {Record<LayerName, { columns: number[], gap: number, rowGap?: number, least: number, most: number }>}
 */
const LAYOUTS = {
  input: { columns: [1], gap: 0, least: 2, most: 3 },
  c1: { columns: [6, 3], gap: 2, least: 2, most: 3 },
  s2: { columns: [6, 3], gap: 1, least: 3, most: 6 },
  c3: { columns: [8, 4], gap: 1, least: 3, most: 6 },
  s4: { columns: [8, 4], gap: 1, least: 5, most: 11 },
  c5: { columns: [40, 20], gap: 0, least: 14, most: 16 },
  f6: { columns: [42, 21, 12], gap: 0, least: 13, most: 16 },
  output: { columns: [20, 10, 5], gap: 0, rowGap: 1, least: 26, most: 34 },
};

/**
 * The layout of all maps of a layer.
 *
 * @param {Layer} layer
 * @param {number} width in CSS pixels
 * @returns {{ grid: MapGrid, scale: number }} `scale` in CSS pixels a value
 */
export function layoutOfAll({ name, maps, side }, width) {
  const { columns, gap, rowGap, least, most } = LAYOUTS[name];
  const grids = columns.map((count) => gridOf({ maps, side, columns: count, gap, rowGap }));
  const fitting = grids.find((grid) => width / grid.width >= least) ?? grids[grids.length - 1];
  return { grid: fitting, scale: scaleFor(fitting, width, most) };
}

/**
 * The layout of some maps as a block: the maps that one value sees, their kernels, or one map.
 *
 * @param {number} maps
 * @param {number} side
 * @param {number} width in CSS pixels
 */
export function layoutOfBlock(maps, side, width) {
  const columns = side === 1 ? (COLUMNS_OF_UNITS[maps] ?? maps) : Math.ceil(Math.sqrt(maps));
  const grid = gridOf({ maps, side, columns, gap: maps > 1 && side > 1 ? 1 : 0 });
  return { grid, scale: scaleFor(grid, width, Infinity) };
}

/** @type {Record<number, number>} F6 as the 7 × 12 pixels of the paper, on its side */
const COLUMNS_OF_UNITS = { 120: 12, 84: 12, 20: 5 };

/**
 * @param {MapGrid} grid
 * @param {number} width
 * @param {number} most
 */
function scaleFor(grid, width, most) {
  return Math.max(1, Math.min(most, Math.floor(width / grid.width)));
}
