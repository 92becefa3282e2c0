// @ts-check
// A mark on the pad for each piece of the answer.

import { boxAt, boxOfDigitBeside, scaledBox } from "./geometry.js";
import { choose, follow } from "./pieces.js";

/** @import { Piece, Point } from "./types.js" */

export class Marks {
  /** @type {Piece[]} boxes in units of the paper */
  pieces = [];

  #container;
  #channel;

  /**
   * @param {HTMLElement} container
   * @param {string} channel
   */
  constructor(container, channel) {
    this.#container = container;
    this.#channel = channel;
    follow(container, channel);
  }

  /** @param {Piece[]} pieces */
  show(pieces) {
    this.pieces = pieces;
    const isPlain = pieces.length === 1 && pieces[0].status === "ok";
    this.#container.replaceChildren(...(isPlain ? [] : pieces.map(markOf)));
  }

  /** @param {number} factor */
  scale(factor) {
    this.show(this.pieces.map((piece) => ({ ...piece, box: scaledBox(piece.box, factor) })));
  }

  /**
   * Chooses the piece at a point, where there are several.
   *
   * @param {Point} point
   */
  chooseAt(point) {
    if (this.pieces.length < 2) return;
    const number = boxAt(point, this.pieces.map(({ box }) => box));
    if (number >= 0) choose(this.#channel, number);
  }
}

/**
 * A sign's reaches down as far as that of a digit beside it: a dash with a line close below would look like "=".
 *
 * @param {Piece} piece
 * @param {number} number
 * @param {Piece[]} pieces
 */
function markOf({ box: [left, top, width, height], status }, number, pieces) {
  const [, digitTop, , digitHeight] = boxOfDigitBeside(pieces, number);
  const box = [left, top, width, Math.max(height, digitTop + digitHeight - top)];
  const mark = document.createElement("i");
  mark.dataset.piece = String(number);
  mark.dataset.status = status;
  ["left", "top", "width", "height"].forEach((name, i) => mark.style.setProperty(`--${name}`, `${box[i]}px`));
  return mark;
}
