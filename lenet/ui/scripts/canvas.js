// @ts-check
// Ink on the pad's canvas.

/** @import { Scene, Stroke } from "./types.js" */

const DOT = 0.01; // CSS pixels: a canvas draws no line of length 0

export class Canvas {
  #pad;
  #context;
  #frame = 0;
  #scene;

  /**
   * @param {HTMLCanvasElement} pad
   * @param {() => Scene} scene what to draw
   */
  constructor(pad, scene) {
    this.#pad = pad;
    this.#context = /** @type {CanvasRenderingContext2D} */ (pad.getContext("2d"));
    this.#scene = scene;
  }

  /** Draws at the next frame. */
  redraw() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Gives the canvas a pixel for each of the screen, and draws. */
  fit() {
    const pixels = Math.round(this.#scene().side * devicePixelRatio);
    if (this.#pad.width !== pixels) this.#pad.width = this.#pad.height = pixels;
    this.#draw(); // at once: setting the size has wiped the canvas
  }

  #draw() {
    this.#frame = 0;
    const { strokes, pen, side, zoom } = this.#scene();
    const scale = (this.#pad.width / side) * zoom;
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#context.clearRect(0, 0, side / zoom, side / zoom);
    this.#context.strokeStyle = getComputedStyle(this.#pad).color;
    drawStrokes(this.#context, strokes, pen);
  }
}

/**
 * Quadratic curves from midpoint to midpoint: smooth, and near every point.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke[]} strokes
 * @param {number} pen stroke width
 */
export function drawStrokes(context, strokes, pen) {
  context.lineWidth = pen;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) drawStroke(context, stroke);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 */
function drawStroke(context, stroke) {
  const [first, last] = [stroke[0], stroke[stroke.length - 1]];
  context.beginPath();
  context.moveTo(...first);
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [x, y] = stroke[i];
    const [nextX, nextY] = stroke[i + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...last);
  if (stroke.length === 1) context.lineTo(first[0] + DOT, first[1]);
  context.stroke();
}
