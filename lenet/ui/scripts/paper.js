// @ts-check
// The paper on the pad: ink and marks, seen from near or from farther away.
//
// Strokes are in units of the paper, which are CSS pixels until the paper is zoomed out.

import { Canvas } from "./canvas.js";
import { find } from "./dom.js";
import { rightEdge } from "./geometry.js";
import { Marks } from "./marks.js";
import { penWidth, roomyZoom } from "./view.js";
import { Zoom } from "./zoom.js";

/** @import { Drawing } from "./drawing.js" */
/** @import { Piece, Point } from "./types.js" */

export class Paper {
  side = 0; // of the pad, in CSS pixels
  pen = 0; // stroke width, in units of the paper

  #drawing;
  #sheet;
  #pad;
  #canvas;
  #marks;
  #zoom;

  /**
   * @param {HTMLElement} element
   * @param {string} channel
   * @param {Drawing} drawing is scaled when the size of the pad changes
   */
  constructor(element, channel, drawing) {
    this.#drawing = drawing;
    this.#sheet = find(element, ".sheet", HTMLElement);
    this.#pad = find(element, ".pad", HTMLCanvasElement);
    this.#marks = new Marks(find(element, ".marks", HTMLElement), channel);
    this.#zoom = new Zoom(() => this.#roomyZoom(), () => this.#onZoom());
    this.#canvas = new Canvas(this.#pad, () => this.scene);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.#fit()).observe(this.#pad);
    this.#watchPixelRatio();
    this.#zoom.set(1);
    this.#fit();
  }

  /** CSS pixels a unit of the paper. */
  get zoom() {
    return this.#zoom.value;
  }

  get scene() {
    return { strokes: this.#drawing.strokes, pen: this.pen, side: this.side, zoom: this.zoom };
  }

  /** The side of the pad and the stroke width, in units of the paper. */
  get view() {
    return { side: this.side / this.zoom, pen: this.pen };
  }

  /**
   * @param {Point} point in CSS pixels of the pad
   * @returns {Point} in units of the paper
   */
  pointAt([x, y]) {
    return [x / this.zoom, y / this.zoom];
  }

  /** Draws the strokes at the next frame. */
  redraw() {
    this.#canvas.redraw();
  }

  /**
   * @param {Piece[]} pieces
   * @param {boolean} areMarked whether their marks are there, in the places where the paper has them now
   */
  mark(pieces, areMarked = false) {
    const { pieces: marked } = this.#marks;
    this.#marks.show(areMarked ? pieces.map((piece, at) => ({ ...piece, box: marked[at].box })) : pieces);
  }

  /**
   * Chooses the piece at a point, where there are several.
   *
   * @param {Point} point in units of the paper
   */
  chooseAt(point) {
    this.#marks.chooseAt(point);
  }

  /** Fits the pen to the pieces. */
  settlePen() {
    this.pen = penWidth(this.#marks.pieces.map(({ box }) => box), this.side, this.zoom);
    this.#sheet.style.setProperty("--pen", `${this.pen}px`);
    this.redraw();
  }

  makeRoomSoon() {
    this.#zoom.makeRoomSoon();
  }

  /** Cancels `makeRoomSoon`, and stops a zoom that is under way. */
  stopZoom() {
    this.#zoom.stop();
  }

  /** Goes back to what was there before the first stroke. */
  reset() {
    this.mark([]);
    this.stopZoom();
    this.#zoom.set(1);
  }

  #roomyZoom() {
    return this.#marks.pieces.length > 1 ? roomyZoom(rightEdge(this.#drawing.strokes), this.side) : 1;
  }

  #onZoom() {
    this.#sheet.style.setProperty("--zoom", String(this.zoom));
    this.settlePen();
  }

  #fit() {
    const side = this.#pad.clientWidth;
    if (side === 0) return; // hidden behind another tab
    if (this.side > 0 && side !== this.side) {
      this.#drawing.scale(side / this.side);
      this.#marks.scale(side / this.side);
    }
    this.side = side;
    this.settlePen();
    this.#canvas.fit();
  }

  #watchPixelRatio() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
      this.#fit();
      this.#watchPixelRatio();
    }, { once: true });
  }
}
