// @ts-check
// A piece of ink in words. Without the DOM.

import { percent } from "./texts.js";

/** @import { Piece, Texts } from "./types.js" */

const MIN_ALTERNATIVE = 0.01; // probability from which an alternative is named
const MAX_ALTERNATIVES = 2;

/**
 * "Piece 3 of 4: 2, else 7 (12 %) or no digit (3 %)"
 *
 * @param {Piece[]} pieces
 * @param {number} number of the piece, from 0
 * @param {string[]} names of the digits
 * @param {Texts} texts
 */
export function describePiece(pieces, number, names, texts) {
  return labelOfPiece(number, pieces.length, readingOf(pieces[number], names, texts), texts);
}

/**
 * @param {number} number of the piece, from 0
 * @param {number} count of all pieces
 * @param {string} reading what the piece is
 * @param {Texts} texts
 */
export function labelOfPiece(number, count, reading, texts) {
  return texts("piece.label", { number: number + 1, count, reading });
}

/**
 * @param {Piece} piece
 * @param {string[]} names
 * @param {Texts} texts
 */
function readingOf({ status, digit, probabilities }, names, texts) {
  if (status === "not_a_digit") return texts("piece.not_a_digit");
  const noDigit = 1 - probabilities.reduce((sum, share) => sum + share);
  const others = [...probabilities, noDigit]
    .map((share, other) => ({ share, other }))
    .filter(({ share, other }) => other !== digit && share >= MIN_ALTERNATIVE)
    .sort((one, another) => another.share - one.share)
    .slice(0, MAX_ALTERNATIVES)
    .map(({ share, other }) => texts("piece.other", {
      digit: names[other] ?? texts("piece.no_digit"),
      percent: percent(share, texts),
    }));
  if (others.length === 0) return names[digit];
  return texts("piece.with_others", { digit: names[digit], others: others.join(texts("piece.or")) });
}

/**
 * The label on the box of a piece; empty for a non-digit.
 *
 * @param {Piece} piece
 * @param {Texts} texts
 */
export function shortLabelOf({ digit, status }, texts) {
  if (status === "not_a_digit") return "";
  return status === "unsure" ? texts("piece.unsure", { digit }) : `${digit}`;
}
