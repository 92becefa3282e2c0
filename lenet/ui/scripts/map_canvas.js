// @ts-check
// A canvas that shows maps, on which a place is chosen by pointer or keys.

import { find } from "./dom.js";
import { cellAt, cornerOf, largest, paintInk, paintOnInk, paintSigned } from "./map_grid.js";

/** @import { MapGrid } from "./inside_types.js" */
/** @typedef {{ map: number, row: number, column: number }} Cell */

/**
 * Its element has a canvas and is a slider to assistive technology: the value is the chosen map or unit.
 */
export class MapCanvas {
  #element;
  #canvas;
  #context;
  #marks;
  /** @type {HTMLElement[]} */
  #names = [];
  /** @type {MapGrid | null} */
  #grid = null;
  /** @type {ImageData | null} */
  #pixels = null;

  /**
   * @param {HTMLElement} element
   * @param {{ onPick?: (cell: Cell) => void, onKey?: (event: KeyboardEvent) => boolean }} [acts] `onKey` says
   *   whether it knows the key
   */
  constructor(element, { onPick, onKey } = {}) {
    this.#element = element;
    this.#canvas = find(element, "canvas", HTMLCanvasElement);
    this.#context = this.#canvas.getContext("2d");
    this.#marks = find(element, ".marks", HTMLElement);
    if (onPick) this.#canvas.addEventListener("click", (event) => onPick(this.#cellOf(event)));
    if (onKey) element.addEventListener("keydown", (event) => {
      if (onKey(event)) event.preventDefault();
    });
  }

  get element() {
    return this.#element;
  }

  /** @returns {number} maps in a row */
  get columns() {
    return this.#grid?.columns ?? 1;
  }

  /** @param {{ grid: MapGrid, scale: number }} layout */
  layOut({ grid, scale }) {
    const { width, height } = grid;
    Object.assign(this.#canvas, { width, height });
    this.#canvas.style.width = `${width * scale}px`;
    this.#canvas.style.height = `${height * scale}px`;
    this.#grid = grid;
    this.#pixels = new ImageData(width, height);
    this.#names.forEach((name, map) => this.#place(name, { map, row: 0, column: 0, size: grid.side }));
  }

  /**
   * Writes a name on or below each map, as the style sheet wants it.
   *
   * @param {string[]} names empty for none
   */
  name(names) {
    for (const name of this.#names) name.remove();
    this.#names = names.map((text) => {
      const name = document.createElement("span");
      name.textContent = text;
      return name;
    });
    this.#element.classList.toggle("named", names.length > 0);
    this.#element.append(...this.#names);
  }

  /** @param {number} map whose name is written bold; -1 for none */
  emphasize(map) {
    this.#names.forEach((name, number) => name.classList.toggle("highest", number === map));
  }

  /**
   * @param {ArrayLike<number>} values map by map
   * @param {number} [most] the value from which on a pixel is opaque; by default the largest
   */
  paint(values, most = largest(values)) {
    if (!this.#grid || !this.#pixels) return;
    paintSigned(this.#pixels.data, this.#grid, values, most);
    this.#context?.putImageData(this.#pixels, 0, 0);
  }

  /** @param {ArrayLike<number>} ink in [0, 1] */
  paintInk(ink) {
    if (!this.#grid || !this.#pixels) return;
    paintInk(this.#pixels.data, this.#grid, ink);
    this.#context?.putImageData(this.#pixels, 0, 0);
  }

  /**
   * @param {ArrayLike<number>} values signed
   * @param {ArrayLike<number>} ink in [0, 1]
   */
  paintOnInk(values, ink) {
    if (!this.#grid || !this.#pixels) return;
    paintOnInk(this.#pixels.data, this.#grid, values, ink);
    this.#context?.putImageData(this.#pixels, 0, 0);
  }

  /**
   * Where a map is on the screen.
   *
   * @param {number} map
   */
  boxOf(map) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const grid = /** @type {MapGrid} */ (this.#grid);
    const [scale, corner] = [width / grid.width, cornerOf(grid, map)];
    return new DOMRect(left + corner.left * scale, top + corner.top * (height / grid.height),
      grid.side * scale, grid.side * scale);
  }

  clear() {
    this.#context?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  /**
   * Frames patches.
   *
   * @param {(Cell & { size: number, isChosen?: boolean })[]} patches `row` and `column` are of the left upper value
   */
  mark(patches) {
    while (this.#marks.children.length > patches.length) this.#marks.lastElementChild?.remove();
    while (this.#marks.children.length < patches.length) this.#marks.append(document.createElement("i"));
    patches.forEach((patch, number) => {
      const mark = /** @type {HTMLElement} */ (this.#marks.children[number]);
      mark.classList.toggle("chosen", patch.isChosen === true);
      this.#place(mark, patch);
    });
  }

  /**
   * @param {HTMLElement} part a mark or a name
   * @param {Cell & { size: number }} patch
   */
  #place(part, { map, row, column, size }) {
    if (!this.#grid) return;
    const { left, top } = cornerOf(this.#grid, map);
    const { width, height } = this.#grid;
    part.style.left = `${(100 * (left + column)) / width}%`;
    part.style.top = `${(100 * (top + row)) / height}%`;
    part.style.width = `${(100 * size) / width}%`;
    part.style.height = `${(100 * size) / height}%`;
  }

  /**
   * What assistive technology is told.
   *
   * @param {{ label: string, now?: number, most?: number, text?: string }} told
   */
  tell({ label, now = 1, most = 1, text = "" }) {
    this.#element.setAttribute("aria-label", label);
    if (this.#element.getAttribute("role") !== "slider") return;
    this.#element.setAttribute("aria-valuemin", "1");
    this.#element.setAttribute("aria-valuemax", String(most));
    this.#element.setAttribute("aria-valuenow", String(now));
    this.#element.setAttribute("aria-valuetext", text);
  }

  /** @param {MouseEvent} event */
  #cellOf({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const grid = /** @type {MapGrid} */ (this.#grid);
    return cellAt(grid, (clientX - left) / width, (clientY - top) / height);
  }
}
