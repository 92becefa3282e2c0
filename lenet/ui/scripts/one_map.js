// @ts-check
// The second and third level of the inside: one map with its kernels and the patches it sees, and one of its values
// as the sum that it is.

import { find, isMotionReduced } from "./dom.js";
import { grow } from "./growth.js";
import { START, afterKey, placeSeeing, slid, toLayer } from "./inside_state.js";
import { nameOfLayer } from "./inside_texts.js";
import { LAYERS, layerOf } from "./layers.js";
import { DEVIATION, MEAN } from "./lenet.js";
import { MapCanvas } from "./map_canvas.js";
import { largest } from "./map_grid.js";
import { layoutOfBlock } from "./map_layouts.js";
import { Numbers } from "./numbers.js";
import { wordsOf } from "./one_map_texts.js";
import { Slide } from "./slide.js";
import { sourcesOf, sumAt } from "./weighted_sums.js";

/** @import { Activations, InsideState, LeNet, Sum } from "./inside_types.js" */
/** @import { Texts } from "./types.js" */

const WIDTHS = { sources: 300, kernels: 200, result: 300 }; // CSS pixels at most
const NARROW = 600; // CSS pixels below which the parts stand below each other

/**
 * @typedef {object} Options
 * @property {string[]} symbols of the outputs
 * @property {LeNet} network
 * @property {(wanted: Partial<InsideState>) => void} onGo
 * @property {(wanted: Partial<InsideState>) => void} onSlide
 */

export class OneMap {
  #state = START;
  #isPinned = false; // whether a place was chosen

  #root;
  #texts;
  #options;
  #sources;
  #kernels;
  #result;
  #numbers;
  #slide;
  /** @type {Record<string, HTMLElement>} */
  #layers = {};

  /**
   * @param {HTMLElement} root
   * @param {Options} options
   * @param {Texts} texts
   */
  constructor(root, options, texts) {
    this.#root = root;
    this.#texts = texts;
    this.#options = options;
    this.#sources = new MapCanvas(find(root, ".sources .maps", HTMLElement), {
      onPick: (cell) => this.#onSource(cell), onKey: (event) => this.#onSourceKey(event),
    });
    this.#kernels = new MapCanvas(find(root, ".kernels .maps", HTMLElement));
    this.#result = new MapCanvas(find(root, ".result .maps", HTMLElement), {
      onPick: (cell) => this.#onResult(cell), onKey: (event) => this.#onResultKey(event),
    });
    this.#numbers = new Numbers(find(root, ".numbers", HTMLElement), options.symbols, texts);
    this.#addLayers();
    for (const [name, step] of /** @type {[string, number][]} */ ([["previous", -1], ["next", 1]])) {
      find(root, `.${name}`, HTMLElement).addEventListener("click", () => this.#turn(step));
    }
    const names = { start: texts("inside.slide"), stop: texts("inside.slide.stop") };
    this.#slide = new Slide(find(root, ".slide", HTMLElement), names, () => options.onSlide(slid(this.#state)));
  }

  #addLayers() {
    const list = find(this.#root, ".layers", HTMLElement);
    for (const { name, source } of LAYERS) {
      if (!source) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.classList.add("button", "smaller");
      button.textContent = nameOfLayer(name, this.#texts);
      button.addEventListener("click", () => this.#go(toLayer(this.#state, name)));
      this.#layers[name] = button;
      list.append(button);
    }
  }

  // --- Moving --------------------------------------------------------------------

  /**
   * @param {Partial<InsideState>} wanted
   * @param {boolean} isPinned whether a place was chosen, from where nothing slides away
   */
  #go(wanted, isPinned = false) {
    this.#isPinned = isPinned;
    this.#options.onGo(wanted);
  }

  /** @param {number} step */
  #turn(step) {
    const { maps } = layerOf(this.#state.layer);
    this.#go({ map: (this.#state.map + step + maps) % maps });
  }

  /** @param {{ map: number, row: number, column: number }} cell */
  #onResult({ map, row, column }) {
    this.#go(layerOf(this.#state.layer).side === 1 ? { map } : { row, column }, true);
  }

  /** @param {{ map: number, row: number, column: number }} cell */
  #onSource({ map, row, column }) {
    const source = sourcesOf(this.#state)[map];
    this.#go({ source, ...placeSeeing(this.#state, row, column) }, true);
  }

  /** @param {KeyboardEvent} event */
  #onResultKey({ key }) {
    const next = afterKey(this.#state, key, layerOf(this.#state.layer).side === 1 ? this.#result.columns : 0);
    if (next) this.#go(next, true);
    return next !== null;
  }

  /** @param {KeyboardEvent} event */
  #onSourceKey({ key }) {
    const sources = sourcesOf(this.#state);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.#sources.columns, ArrowDown: this.#sources.columns }[key];
    if (step === undefined) return false;
    const number = sources.indexOf(this.#state.source) + step;
    if (number in sources) this.#go({ source: sources[number] }, true);
    return true;
  }

  focus() {
    this.#result.element.focus({ preventScroll: true });
  }

  /** The kernel slides as long as no place was chosen. */
  slideUnlessPinned() {
    if (!this.#isPinned && !isMotionReduced()) this.#slide.start();
  }

  stop() {
    this.#slide.stop();
  }

  // --- Showing ---------------------------------------------------------------------

  /**
   * Fits the maps into the width that there is.
   *
   * @param {InsideState} state
   */
  layOut(state) {
    const layer = layerOf(state.layer);
    const source = layerOf(layer.source ?? "input");
    const room = this.#root.clientWidth;
    const sources = sourcesOf(state).length;
    const isOfSum = state.level === 3 && layer.window > 1; // whose kernel stands in numbers
    const [half, third, whole] = room < NARROW ? [isOfSum ? 0.46 : 0.56, 0.34, isOfSum ? 0.46 : 1] : [0.31, 0.2, 0.31];
    this.#root.classList.toggle("of-sum", isOfSum);
    this.#result.name(state.layer === "output" ? this.#options.symbols : []);
    this.#sources.layOut(layoutOfBlock(sources, source.side, Math.min(WIDTHS.sources, half * room)));
    this.#kernels.layOut(layoutOfBlock(sources, layer.window, Math.min(WIDTHS.kernels, third * room)));
    const made = layer.side === 1 ? layer.maps : 1;
    this.#result.layOut(layoutOfBlock(made, layer.side, Math.min(WIDTHS.result, whole * room)));
    this.#sources.element.classList.toggle("ink", source.name === "input");
  }

  /**
   * @param {InsideState} state
   * @param {Activations | null} layers null without a drawing
   */
  draw(state, layers) {
    this.#state = state;
    this.#describe(state, layers);
    find(this.#root, ".numbers", HTMLElement).hidden = state.level < 3 || !layers;
    if (!layers) return [this.#sources, this.#kernels, this.#result].forEach((canvas) => canvas.clear());
    const sum = sumAt(this.#options.network, layers, state);
    this.#paint(state, layers, sum);
    if (state.level === 3) this.#numbers.draw(state, sum);
  }

  /**
   * @param {InsideState} state
   * @param {Activations} layers
   * @param {Sum} sum
   */
  #paint(state, layers, { parts }) {
    const layer = layerOf(state.layer);
    const source = layerOf(layer.source ?? "input");
    const seen = layers[source.name];
    const [size, area] = [layer.side ** 2, source.side ** 2];
    const sources = sourcesOf(state);
    if (source.name === "input") this.#sources.paintInk(seen.map((value) => value * DEVIATION + MEAN));
    else this.#sources.paint(seen.subarray(sources[0] * area, (sources[sources.length - 1] + 1) * area), largest(seen));
    this.#kernels.paint(parts.flatMap((part) => [...part.weights]));
    const made = layers[layer.name];
    this.#result.paint(layer.side === 1 ? made : made.subarray(state.map * size, (state.map + 1) * size), largest(made));
    this.#mark(state);
  }

  /** @param {InsideState} state */
  #mark(state) {
    const { side, window, step } = layerOf(state.layer);
    const [row, column] = [state.row * step, state.column * step];
    const sources = sourcesOf(state);
    const before = layerOf(layerOf(state.layer).source ?? "input");
    const patches = sources.map((source, map) => ({
      map, row, column, size: window, isChosen: state.level === 3 && sources.length > 1 && source === state.source,
    }));
    // A patch that is all of the map needs no frame.
    this.#sources.mark(before.side === 1 ? [] : patches.filter(({ isChosen }) => isChosen || before.side > window));
    this.#result.mark([side === 1 ? { map: state.map, row: 0, column: 0, size: 1 }
      : { map: 0, row: state.row, column: state.column, size: 1 }]);
  }

  /**
   * @param {InsideState} state
   * @param {Activations | null} layers
   */
  #describe(state, layers) {
    const layer = layerOf(state.layer);
    const value = layers?.[layer.name][state.map * layer.side ** 2 + state.row * layer.side + state.column];
    const words = wordsOf(state, value, this.#options.symbols, this.#texts);
    for (const [name, button] of Object.entries(this.#layers)) {
      button.setAttribute("aria-pressed", String(name === layer.name));
    }
    const say = (/** @type {string} */ part, /** @type {string} */ text) => {
      find(this.#root, part, HTMLElement).textContent = text;
    };
    say("h2", words.title);
    say(".sentence", words.sentence);
    say(".source-name", words.source);
    say(".kernel-name", words.kernels);
    say(".result-name", words.result);
    this.#sources.tell(words.toldOfSources);
    this.#kernels.tell(words.toldOfKernels);
    this.#result.tell(words.toldOfResult);
  }

  /** Where the map is on the screen. */
  get box() {
    return this.#result.element.getBoundingClientRect();
  }

  /** @param {DOMRect} from where the map was */
  growFrom(from) {
    grow(this.#result.element, from, this.#root.querySelectorAll(".fading"));
  }
}
