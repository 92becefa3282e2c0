// @ts-check
// A piece of ink in words. Without the DOM.

import { percent } from "./texts.js";

/** @import { Piece, Texts } from "./types.js" */

const MIN_ALTERNATIVE = 0.01; // probability from which an alternative is named
const MAX_ALTERNATIVES = 2; // but one where a sign is named: the line is short

/**
 * "Piece 3 of 4: 2, else 7 (12 %) or no digit (3 %)"
 *
 * @param {Piece[]} pieces
 * @param {number} number of the piece, from 0
 * @param {Texts} texts
 */
export function describePiece(pieces, number, texts) {
  return labelOfPiece(number, pieces.length, readingOf(pieces[number], texts), texts);
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
 * The name of a sign, as "a slash"; a digit as it is written.
 *
 * @param {string} symbol
 * @param {Texts} texts
 */
export function nameOf(symbol, texts) {
  return isDigit(symbol) ? symbol : texts(`sign.${symbol}`);
}

/**
 * Whether the size and place of a piece tell what it is, as of a point: then its probabilities do not count.
 *
 * @param {Piece} piece
 */
export function isToldByPlace({ text, probabilities }) {
  return text !== "" && !(text in probabilities);
}

/**
 * What the network says for "neither digit nor sign", in [0, 1].
 *
 * @param {Piece} piece
 */
export function probabilityOfNone({ probabilities }) {
  return Math.max(0, 1 - Object.values(probabilities).reduce((sum, share) => sum + share, 0));
}

/**
 * The sign whose probability is worth showing: the piece itself, or the likeliest one.
 *
 * @param {Piece} piece
 */
export function signToShow({ text, probabilities }) {
  if (text !== "" && !isDigit(text)) return text;
  const [likeliest] = ranked(probabilities).filter(([symbol]) => !isDigit(symbol));
  return likeliest?.[1] >= MIN_ALTERNATIVE ? likeliest[0] : "";
}

/**
 * The label on the box of a piece; empty for what is left out of the text.
 *
 * @param {Piece} piece
 * @param {Texts} texts
 */
export function shortLabelOf({ text, status }, texts) {
  return status === "unsure" ? texts("piece.unsure", { text }) : text;
}

/**
 * @param {Piece} piece
 * @param {Texts} texts
 */
function readingOf(piece, texts) {
  const { text, probabilities } = piece;
  if (text === "") return texts("piece.not_a_digit");
  if (isToldByPlace(piece)) return nameOf(text, texts);
  const noDigitOrSign = isDigit(text) ? texts("piece.no_digit") : texts("piece.no_sign");
  const others = ranked({ ...probabilities, "": probabilityOfNone(piece) })
    .filter(([symbol, share]) => symbol !== text && share >= MIN_ALTERNATIVE)
    .slice(0, MAX_ALTERNATIVES);
  const isShort = [text, ...others.map(([symbol]) => symbol)].every((symbol) => symbol === "" || isDigit(symbol));
  const named = others.slice(0, isShort ? MAX_ALTERNATIVES : 1).map(([symbol, share]) => texts("piece.other", {
    reading: symbol ? nameOf(symbol, texts) : noDigitOrSign,
    percent: percent(share, texts),
  }));
  const reading = nameOf(text, texts);
  if (named.length === 0) return reading;
  return texts("piece.with_others", { reading, others: named.join(texts("piece.or")) });
}

/** @param {Record<string, number>} probabilities */
function ranked(probabilities) {
  return Object.entries(probabilities).sort(([, one], [, another]) => another - one);
}

/** @param {string} symbol */
export function isDigit(symbol) {
  return /^[0-9]$/.test(symbol);
}
