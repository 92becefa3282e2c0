// @ts-check
// The pictures and the words of the steps.

import { find } from "./dom.js";
import { marksOf } from "./steps_marks.js";

/** @import { Explanation, Picture, Step } from "./types.js" */

const SVG = "http://www.w3.org/2000/svg";

export class StepsView {
  #panel;
  #failure;
  #comparison;
  /** @type {Explanation | null} */
  #shown = null;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#failure = find(panel, ".failure", HTMLElement);
    this.#comparison = find(panel, ".comparison", HTMLElement);
    const button = find(panel, ".squeeze", HTMLElement);
    button.addEventListener("click", () => {
      this.#comparison.hidden = !this.#comparison.hidden;
      button.setAttribute("aria-expanded", String(!this.#comparison.hidden));
    });
    // Ink on paper has the colour of the pad's.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      if (this.#shown) this.show(this.#shown);
    });
    this.clear();
  }

  /** There is nothing to show. */
  clear() {
    this.#shown = null;
    this.#say("");
    this.#panel.classList.add("empty");
    for (const tile of this.#panel.querySelectorAll(".tile")) tile.replaceChildren();
    for (const words of this.#panel.querySelectorAll(".told")) words.textContent = "";
  }

  /** @param {boolean} isStale whether something newer is awaited */
  setStale(isStale) {
    this.#panel.classList.toggle("stale", isStale);
  }

  /** @param {string} [sentence] of the server; none if there was no answer */
  fail(sentence) {
    this.#say(sentence ?? this.#failure.dataset.silent ?? "");
  }

  /** @param {Explanation} explanation */
  show(explanation) {
    this.#shown = explanation;
    this.#say("");
    this.#panel.classList.remove("empty");
    for (const step of explanation.steps) {
      const item = this.#partOf(step.name);
      showStep(find(item, ".tile", HTMLElement), step);
      find(item, ".told", HTMLElement).textContent = step.words;
    }
    for (const name of /** @type {const} */ (["prepared", "squeezed"])) {
      const { picture, words } = explanation[name];
      const item = this.#partOf(name);
      showStep(find(item, ".tile", HTMLElement), { picture, view: [1, 1], place: [0, 0, 1, 1] });
      find(item, ".told", HTMLElement).textContent = words;
    }
    find(this.#comparison, "p .told", HTMLElement).textContent = explanation.remark;
  }

  /** @param {string} name */
  #partOf(name) {
    return find(this.#panel, `[data-step="${name}"]`, HTMLElement);
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.#failure.textContent = sentence;
  }
}

/**
 * @param {HTMLElement} tile
 * @param {Pick<Step, "picture" | "view" | "place"> & Partial<Step>} step
 */
function showStep(tile, step) {
  const [width, height] = step.view;
  const [left, top, across, down] = step.place;
  const picture = step.picture.jpeg === undefined ? document.createElement("canvas") : new Image();
  picture.style.left = `${(100 * left) / width}%`;
  picture.style.top = `${(100 * top) / height}%`;
  picture.style.width = `${(100 * across) / width}%`;
  picture.style.height = `${(100 * down) / height}%`;
  const view = document.createElement("div");
  view.className = "view";
  view.style.setProperty("--ratio", String(width / height));
  view.append(picture, overlay({ ...step, name: "", words: "" }));
  tile.replaceChildren(view);
  if (picture instanceof HTMLCanvasElement) drawInk(picture, step.picture);
  else Object.assign(picture, { src: `data:image/jpeg;base64,${step.picture.jpeg}`, alt: "" });
}

/** @param {Step} step */
function overlay(step) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${step.view.join(" ")}`);
  svg.setAttribute("aria-hidden", "true");
  for (const [name, data] of Object.entries(marksOf(step))) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}

/**
 * The ink goes into the alpha channel: its colour is the style sheet's.
 *
 * @param {HTMLCanvasElement} canvas on the page
 * @param {Picture} picture
 */
function drawInk(canvas, { size: [width, height], ink = "" }) {
  [canvas.width, canvas.height] = [width, height];
  const pixels = new ImageData(width, height);
  [...atob(ink)].forEach((byte, pixel) => { pixels.data[4 * pixel + 3] = byte.charCodeAt(0); });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.putImageData(pixels, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = getComputedStyle(canvas).color;
  context.fillRect(0, 0, width, height);
}
