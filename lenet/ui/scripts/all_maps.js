// @ts-check
// The first level of the inside: all maps of all layers.

import { find } from "./dom.js";
import { grow } from "./growth.js";
import { START, afterKey, moved } from "./inside_state.js";
import { nameOfLayer, shapeOf, titleOf } from "./inside_texts.js";
import { LAYERS, parametersOf } from "./layers.js";
import { DEVIATION, MEAN } from "./lenet.js";
import { MapCanvas } from "./map_canvas.js";
import { layoutOfAll } from "./map_layouts.js";

/** @import { Activations, InsideState, Layer, LayerName } from "./inside_types.js" */
/** @import { Texts } from "./types.js" */

export class AllMaps {
  #root;
  #texts;
  /** @type {Record<string, MapCanvas>} */
  #canvases = {};
  #options;
  #state = START;
  /** @type {InsideState | null} the state that marks and words tell */
  #shown = null;

  /**
   * @param {HTMLElement} root with a template of a row
   * @param {{ symbols: string[], onGo: (wanted: Partial<InsideState>) => void }} options `symbols` of the outputs
   * @param {Texts} texts
   */
  constructor(root, options, texts) {
    this.#root = root;
    this.#texts = texts;
    this.#options = options;
    const template = find(root, "template", HTMLTemplateElement);
    for (const layer of LAYERS) {
      const row = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
      this.#describe(row, layer);
      const element = find(row, ".maps", HTMLElement);
      element.dataset.layer = layer.name;
      const canvas = new MapCanvas(element, layer.source ? {
        onPick: (cell) => options.onGo({ layer: layer.name, ...cell, level: 2 }),
        onKey: (event) => this.#onKey(layer.name, event),
      } : {});
      if (!layer.source) this.#makePicture(element);
      if (layer.name === "output") canvas.name(options.symbols);
      this.#canvases[layer.name] = canvas;
      root.append(row);
    }
  }

  /** @param {HTMLElement} element */
  #makePicture(element) {
    element.setAttribute("role", "img");
    element.removeAttribute("tabindex");
    element.classList.add("ink");
  }

  /**
   * @param {ParentNode} row
   * @param {Layer} layer
   */
  #describe(row, layer) {
    const say = (/** @type {string} */ part, /** @type {string} */ words) => {
      find(row, part, HTMLElement).textContent = words;
    };
    say(".name", this.#texts(`inside.layer.${layer.name}`));
    say(".shape", shapeOf(layer, this.#texts));
    const count = parametersOf(layer);
    const number = count.toLocaleString(this.#texts("language"));
    say(".parameters", layer.source ? this.#texts("inside.parameters", { count, number }) : "");
    say(".meaning", this.#texts(`inside.meaning.${layer.name}`));
  }

  /** Fits the maps into the width that there is. */
  layOut() {
    this.#shown = null;
    const width = find(this.#root, ".room", HTMLElement).clientWidth;
    for (const layer of LAYERS) {
      this.#canvases[layer.name].layOut(layoutOfAll(layer, width));
    }
  }

  /**
   * @param {LayerName} name
   * @param {KeyboardEvent} event
   */
  #onKey(name, { key }) {
    const here = this.#state.layer === name ? this.#state : moved(this.#state, { layer: name, map: 0 });
    const next = key === "Enter" || key === " " ? { ...here, level: 2 }
      : afterKey(here, key, this.#canvases[name].columns);
    if (next) this.#options.onGo(next);
    return next !== null;
  }

  /**
   * @param {InsideState} state
   * @param {Activations | null} layers null without a drawing
   */
  draw(state, layers) {
    this.#paint(layers);
    if (state === this.#shown) return; // most frames bring another drawing only
    this.#state = this.#shown = state;
    for (const layer of LAYERS) {
      const isChosen = layer.name === state.layer;
      const label = this.#texts("inside.maps.label", { layer: nameOfLayer(layer.name, this.#texts) });
      const canvas = this.#canvases[layer.name];
      canvas.tell({
        label, now: isChosen ? state.map + 1 : 1, most: layer.maps,
        text: isChosen ? titleOf(state, this.#options.symbols, this.#texts) : shapeOf(layer, this.#texts),
      });
      canvas.mark(isChosen && layer.source ? [{ map: state.map, row: 0, column: 0, size: layer.side }] : []);
    }
  }

  /** @param {Activations | null} layers */
  #paint(layers) {
    for (const { name } of LAYERS) {
      const canvas = this.#canvases[name];
      if (!layers) canvas.clear();
      else if (name === "input") canvas.paintInk(layers.input.map((value) => value * DEVIATION + MEAN));
      else canvas.paint(layers[name]);
    }
    const highest = layers ? layers.output.indexOf(Math.max(...layers.output)) : -1;
    this.#canvases.output.emphasize(highest);
  }

  /**
   * Where a map is on the screen.
   *
   * @param {InsideState} state
   */
  boxOf({ layer, map }) {
    return this.#canvases[layer].boxOf(map);
  }

  /** @param {DOMRect} from where the chosen map was */
  shrinkFrom(from) {
    const mark = this.#root.querySelector(".marks > :first-child");
    if (mark instanceof HTMLElement) grow(mark, from, [this.#root]);
  }

  /** @param {LayerName} layer */
  focus(layer) {
    this.#canvases[layer].element.focus();
  }
}
