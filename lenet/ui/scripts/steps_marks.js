// @ts-check
// What lies over the picture of a step: the box, the frame of 20 × 20, the centre of mass. Without the DOM.

/** @import { Box, Point, Step } from "./types.js" */

const ARM = 0.055; // of a cross, in longer sides of the view

/**
 * The marks as paths of SVG in the units of the view, by their class.
 *
 * @param {Step} step
 * @returns {Record<string, string>}
 */
export function marksOf({ view, box, before, frame, mass }) {
  return {
    ...(before && { before: rectangle(before) }),
    ...(frame && { frame: rectangle(frame) }),
    ...(box && { box: rectangle(box) }),
    ...(mass && { mass: cross(mass, ARM * Math.max(...view)) }),
  };
}

/** @param {Box} box */
function rectangle([left, top, width, height]) {
  return `M${left},${top}h${width}v${height}h${-width}z`;
}

/**
 * @param {Point} point
 * @param {number} arm
 */
function cross([x, y], arm) {
  return `M${x - arm},${y}h${2 * arm}M${x},${y - arm}v${2 * arm}`;
}
