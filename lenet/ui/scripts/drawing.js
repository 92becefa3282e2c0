// @ts-check
// The strokes on the pad, and what undo brings back. Without the DOM.

import { distance, scaledStrokes } from "./geometry.js";

/** @import { Point, Stroke } from "./types.js" */

const MAX_POINTS = 9_900; // the server takes 10,000 points and 1,000 strokes
const MAX_STROKES = 990;

export class Drawing {
  /** @type {Stroke[]} */
  strokes = [];

  /** Whether an example is all there is: undo does not bring it back. */
  isExample = false;

  /** @type {Stroke[]} the visitor's drawing before it was cleared */
  #cleared = [];

  /** @type {{ strokes: Stroke[], cleared: Stroke[], isExample: boolean }[]} what was there before each undo */
  #undone = [];

  #points = 0;

  get isEmpty() {
    return this.strokes.length === 0;
  }

  get canUndo() {
    return this.strokes.length + this.#cleared.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  get isFull() {
    return this.#points >= MAX_POINTS || this.strokes.length >= MAX_STROKES;
  }

  /** @returns {Point | undefined} the newest */
  get lastPoint() {
    return this.strokes.at(-1)?.at(-1);
  }

  /** The strokes as they are now, which later points do not change. */
  copy() {
    return this.strokes.map((stroke) => [...stroke]);
  }

  /**
   * Starts a stroke.
   *
   * @param {Point} point
   */
  begin(point) {
    this.strokes.push([point]);
    this.#points += 1;
    this.#undone = [];
  }

  /**
   * Adds a point to the last stroke, unless it is nearer to the one before than `closest`.
   *
   * @param {Point} point
   * @param {number} closest
   * @returns {boolean} whether it was added
   */
  extend(point, closest) {
    const stroke = this.strokes.at(-1);
    const last = this.lastPoint;
    if (!stroke || !last || distance(last, point) < closest) return false;
    stroke.push(point);
    this.#points += 1;
    return true;
  }

  /**
   * Makes the last stroke a single point if it stays within `radius` of its first: what looks like
   * a dot is one. The server does not know the pen, and would see the path within it.
   *
   * @param {number} radius
   * @returns {boolean} whether the stroke has changed
   */
  settleDot(radius) {
    const stroke = this.strokes.at(-1);
    if (!stroke || stroke.length === 1) return false;
    if (stroke.some((point) => distance(stroke[0], point) > radius)) return false;
    this.#points -= stroke.splice(1).length;
    return true;
  }

  /** Takes away the last stroke, or brings back all that was there before the pad was cleared. */
  undo() {
    if (!this.canUndo) return;
    this.#undone.push({ strokes: this.strokes, cleared: this.#cleared, isExample: this.isExample });
    if (!this.isEmpty) {
      this.#replace(this.strokes.slice(0, -1));
      return;
    }
    const restored = this.#cleared;
    this.#cleared = [];
    this.isExample = false;
    this.#replace(restored);
  }

  /** Takes back the last undo, unless something has been drawn or cleared since. */
  redo() {
    const before = this.#undone.pop();
    if (!before) return;
    this.#cleared = before.cleared;
    this.isExample = before.isExample;
    this.#replace(before.strokes);
  }

  clear() {
    if (!this.isEmpty && !this.isExample) this.#cleared = this.strokes;
    if (!this.isEmpty) this.#undone = [];
    this.#replace([]);
  }

  /** @param {{ strokes: Stroke[], isExample: boolean }} other */
  replaceBy({ strokes, isExample }) {
    this.isExample = isExample;
    this.#replace(strokes);
  }

  /** @param {number} factor */
  scale(factor) {
    this.strokes = scaledStrokes(this.strokes, factor);
    this.#cleared = scaledStrokes(this.#cleared, factor);
    this.#undone = this.#undone.map(({ strokes, cleared, isExample }) => ({
      strokes: scaledStrokes(strokes, factor), cleared: scaledStrokes(cleared, factor), isExample,
    }));
  }

  /** @param {Stroke[]} strokes */
  #replace(strokes) {
    this.strokes = strokes;
    this.#points = strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  }
}
