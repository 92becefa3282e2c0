// @ts-check
// A picture of drawing and answer, in the page's colours.

import { drawStrokes } from "./canvas.js";
import { fittedText } from "./text_fit.js";

/** @import { Answer, Piece, Scene, Texts } from "./types.js" */

const [WIDTH, HEIGHT] = [1200, 630]; // pixels: what link previews and timelines show whole
const MARGIN = 56;
const SHEET = HEIGHT - 2 * MARGIN; // side of the paper
const RADIUS = 24;
const LEFT = 2 * MARGIN + SHEET; // of the answer
const ROOM = WIDTH - LEFT - MARGIN; // width of the answer
const TEXT_HEIGHT = 250; // of the answer
const SEEN = 28; // pixels of what the network sees
const TILE = 84; // pixels of it in the picture
const GAP = 14;
const TILES = Math.floor((ROOM + GAP) / (TILE + GAP)); // in a row

/**
 * @param {Scene} scene
 * @param {Answer | null} answer
 * @param {Texts} texts
 * @returns {Promise<Blob | null>} a PNG
 */
export function pictureOf(scene, answer, texts) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const style = getComputedStyle(document.documentElement);
  const painter = new Painter(context, (name) => style.getPropertyValue(`--${name}`));
  painter.paintSheet(scene);
  painter.paintName(texts("page.title"));
  if (answer) painter.paintAnswer(answer);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}

class Painter {
  #context;
  #colour;
  #family = getComputedStyle(document.body).fontFamily;

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {(name: string) => string} colour of the style sheet, by name
   */
  constructor(context, colour) {
    this.#context = context;
    this.#colour = colour;
    context.fillStyle = colour("paper");
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.textBaseline = "alphabetic";
  }

  /** @param {Scene} scene */
  paintSheet({ strokes, pen, side, zoom }) {
    const context = this.#context;
    context.save();
    context.beginPath();
    context.roundRect(MARGIN, MARGIN, SHEET, SHEET, RADIUS);
    context.fillStyle = this.#colour("sheet");
    context.strokeStyle = this.#colour("line");
    context.lineWidth = 2;
    context.fill();
    context.stroke();
    context.clip();
    context.translate(MARGIN, MARGIN);
    context.scale((SHEET / side) * zoom, (SHEET / side) * zoom);
    context.strokeStyle = this.#colour("ink");
    drawStrokes(context, strokes, pen);
    context.restore();
  }

  /** @param {string} name of the page */
  paintName(name) {
    this.#write([name], HEIGHT - MARGIN - 4, 26, 600, "quiet");
  }

  /** @param {Answer} answer */
  paintAnswer({ text, words, digits }) {
    this.#paintPieces(digits.slice(0, TILES));
    const top = MARGIN + TILE + 3 * GAP;
    const { lines, size } = fittedText(text, { width: ROOM, height: TEXT_HEIGHT }, (line) => this.#widthOf(line));
    if (text) this.#write(lines, top + 0.76 * size, size, 600, "ink");
    const below = text ? top + lines.length * size * 1.1 : top;
    const said = fittedText(words, { width: ROOM, height: 40 }, (line) => this.#widthOf(line));
    this.#write(said.lines, below + 40, said.size, 400, "quiet");
  }

  /** @param {Piece[]} pieces what the network sees of them, in a row */
  #paintPieces(pieces) {
    pieces.forEach(({ image }, number) => {
      const left = LEFT + number * (TILE + GAP);
      const tile = document.createElement("canvas");
      tile.width = tile.height = SEEN;
      tile.getContext("2d")?.putImageData(greys(image), 0, 0);
      this.#context.imageSmoothingEnabled = false;
      this.#context.drawImage(tile, left, MARGIN, TILE, TILE);
    });
  }

  /**
   * @param {string[]} lines
   * @param {number} baseline of the first
   * @param {number} size of the type
   * @param {number} weight
   * @param {string} colour
   */
  #write(lines, baseline, size, weight, colour) {
    this.#context.font = `${weight} ${size}px ${this.#family}`;
    this.#context.fillStyle = this.#colour(colour);
    lines.forEach((line, number) => this.#context.fillText(line, LEFT, baseline + number * size * 1.1));
  }

  /** @param {string} line */
  #widthOf(line) {
    this.#context.font = `600 100px ${this.#family}`;
    return this.#context.measureText(line).width / 100;
  }
}

/** @param {string} bytes base64 of 28 × 28, 255 = full ink; ink is white on black, as on the page */
function greys(bytes) {
  const picture = new ImageData(SEEN, SEEN);
  [...atob(bytes)].forEach((byte, pixel) => {
    const grey = byte.charCodeAt(0);
    picture.data.set([grey, grey, grey, 255], 4 * pixel);
  });
  return picture;
}
