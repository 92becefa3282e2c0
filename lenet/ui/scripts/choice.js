// @ts-check
// Which piece of an answer bars and picture show. Without the DOM.

import { boxAt, nearestBox } from "./geometry.js";

/** @import { Answer, Point } from "./types.js" */

/**
 * Bars and picture follow the pen; when it rests they show what is least sure.
 *
 * @param {Answer} answer
 * @param {{ pointedAt: Point | null, newest: Point | undefined, isPenDown: boolean }} drawing where the
 *   mouse has pointed since it changed, and the newest point of the pen
 * @returns {number | undefined} number of the piece
 */
export function pieceToShow({ digits, doubtful }, { pointedAt, newest, isPenDown }) {
  const boxes = digits.map(({ box }) => box);
  const chosen = pointedAt ? boxAt(pointedAt, boxes) : -1;
  if (chosen >= 0) return chosen; // an answer that comes late does not undo a choice
  if (!isPenDown && doubtful !== null) return doubtful;
  return newest && digits.length > 0 ? nearestBox(newest, boxes) : undefined;
}
