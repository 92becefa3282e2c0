// @ts-check
// Which piece of which answer the steps are shown for. Without the DOM.

/** @import { Answer } from "./types.js" */

/** @typedef {{ answer: Partial<Answer>, piece: number }} Subject a piece of an answer */

/**
 * The piece that is chosen; null where there is none, or none that more can be asked about.
 *
 * @param {Partial<Answer> | null} answer
 * @param {number} piece its number
 * @returns {Subject | null}
 */
export function subjectOf(answer, piece) {
  return answer?.source && answer.digits?.[piece] ? { answer, piece } : null;
}

/**
 * @param {Subject | null} one
 * @param {Subject | null} other
 */
export function isSame(one, other) {
  return one?.answer.source === other?.answer.source && one?.piece === other?.piece;
}
