// @ts-check
// The text of an answer whose pieces read something else than the server found. Without the DOM.
//
// How ink is divided into pieces, lines and numbers stays the server's; it does not tell the place of what it left
// out, so that is found by the boxes.

import { isDigit } from "./piece_texts.js";

/** @import { Answer, Box, Piece } from "./types.js" */

const SPACE = 1; // gap between two numbers, in heights of the digits beside it, as SPACE of reading/transcription.py

/**
 * @param {Pick<Answer, "digits" | "layout">} answer of the server
 * @param {Piece[]} pieces the same ones, as they are read now
 * @returns {{ text: string, layout: (number | string)[], digits: Piece[] }} a sign beside no digit reads nothing
 */
export function composed(answer, pieces) {
  const digits = withoutStrays(pieces, separatorsOf(answer, pieces));
  const separators = separatorsOf(answer, digits);
  const written = digits.map((piece, number) => (piece.text ? separators[number] + piece.text : "")).join("");
  const text = written.replace(/^\s+/, "");
  return { text, layout: layoutOf(text, digits), digits };
}

/**
 * What stands before each piece that is read: nothing, a space or a line feed.
 *
 * @param {Pick<Answer, "digits" | "layout">} answer
 * @param {Piece[]} pieces
 */
function separatorsOf({ digits, layout }, pieces) {
  const before = separatorsOfServer(layout, digits.length);
  const separators = pieces.map(() => "");
  let last = -1; // number of the piece read before
  pieces.forEach(({ text }, number) => {
    if (text === "") return;
    const isServers = digits[number].text !== "" && (last < 0 || digits[last].text !== "");
    separators[number] = isServers || last < 0
      ? strongest(before.slice(last + 1, number + 1)) : separatorBetween(pieces[last].box, pieces[number].box);
    last = number;
  });
  return separators;
}

/**
 * @param {(number | string)[]} layout
 * @param {number} count of pieces
 */
function separatorsOfServer(layout, count) {
  /** @type {string[]} */
  const before = Array.from({ length: count }, () => "");
  let separator = "";
  for (const token of layout) {
    if (typeof token === "string") {
      separator = strongest([separator, token]);
    } else {
      before[token] = separator;
      separator = "";
    }
  }
  return before;
}

/** @param {string[]} separators */
function strongest(separators) {
  return ["\n", " "].find((one) => separators.includes(one)) ?? "";
}

/**
 * @param {Box} one
 * @param {Box} other the one after it, in reading order
 */
function separatorBetween(one, other) {
  const [left, top, width, height] = one;
  const [nextLeft, nextTop, , nextHeight] = other;
  const isBelow = nextTop + nextHeight / 2 > top + height && top + height / 2 < nextTop;
  if (isBelow) return "\n";
  return nextLeft - (left + width) > SPACE * Math.max(height, nextHeight) ? " " : "";
}

/**
 * As `without_strays` of lenet/reading/signs.py: a sign counts beside a digit, or beside a sign that stands so.
 *
 * @param {Piece[]} pieces
 * @param {string[]} separators what stands before each
 */
function withoutStrays(pieces, separators) {
  /** @type {{ kind: string, numbers: number[] }[]} */
  const runs = [];
  pieces.forEach(({ text }, number) => {
    const kind = isDigit(text) ? "digit" : text ? "sign" : "nothing";
    if (separators[number] === "\n") runs.push({ kind: "line", numbers: [] });
    const last = runs.at(-1);
    if (last?.kind === kind) last.numbers.push(number);
    else runs.push({ kind, numbers: [number] });
  });
  const strays = new Set(runs.flatMap(({ kind, numbers }, at) => (
    kind === "sign" && ![runs[at - 1], runs[at + 1]].some((run) => run?.kind === "digit") ? numbers : []
  )));
  return pieces.map((piece, number) => (
    strays.has(number) ? { ...piece, text: "", status: /** @type {const} */ ("not_a_digit") } : piece
  ));
}

/**
 * As `layout` of lenet/ui/sentences.py: each digit and each sign of the text replaced by the number of its piece.
 *
 * @param {string} text
 * @param {Piece[]} pieces
 * @returns {(number | string)[]}
 */
function layoutOf(text, pieces) {
  /** @type {(number | string)[]} */
  const tokens = [];
  let next = 0;
  for (const character of text) {
    if (/\s/.test(character)) {
      tokens.push(character);
      continue;
    }
    while (pieces[next].text === "") tokens.push(next++);
    tokens.push(next++);
  }
  while (next < pieces.length) tokens.push(next++);
  return tokens;
}
