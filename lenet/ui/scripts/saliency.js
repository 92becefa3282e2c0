// @ts-check
// "What spoke for 7 rather than 1": the ink in two colours.

import { find } from "./dom.js";
import { decimal } from "./inside_texts.js";
import { SIDE } from "./lenet.js";
import { MapCanvas } from "./map_canvas.js";
import { gridOf } from "./map_grid.js";

/** @import { Activations, InsideState } from "./inside_types.js" */
/** @import { Answer, Question } from "./saliency_worker.js" */
/** @import { Texts } from "./types.js" */

const SCALE = 9; // CSS pixels a pixel

export class Saliency {
  /** @type {Float32Array | null} of the drawing */
  #image = null;
  /** @type {[string, string] | null} */
  #pair = null;
  /** @type {Question | null} the newest question that was asked or waits */
  #question = null;
  /** @type {Question | null} the question that the Worker answers now, or has answered */
  #posted = null;
  #isAsking = false;
  #isPenDown = false;

  #root;
  #symbols;
  #texts;
  #worker;
  #onNeighbours;
  #canvas;
  /** @type {NodeListOf<HTMLSelectElement>} */
  #selects;

  /**
   * @param {HTMLElement} root
   * @param {{ symbols: string[], weights: Float32Array, worker: Worker,
   *   onGo: (wanted: Partial<InsideState>) => void,
   *   onNeighbours: (numbers: number[]) => void }} options `symbols` of the outputs
   * @param {Texts} texts
   */
  constructor(root, { symbols, weights, worker, onGo, onNeighbours }, texts) {
    this.#root = root;
    this.#symbols = symbols;
    this.#texts = texts;
    this.#worker = worker;
    this.#onNeighbours = onNeighbours;
    worker.postMessage(weights);
    worker.addEventListener("message", ({ data }) => this.#onAnswer(data));
    this.#canvas = new MapCanvas(find(root, ".maps", HTMLElement));
    this.#canvas.layOut({ grid: gridOf({ maps: 1, side: SIDE, columns: 1, gap: 0 }), scale: SCALE });
    this.#selects = root.querySelectorAll("select");
    this.#selects.forEach((select, at) => {
      select.append(...symbols.map((symbol) => new Option(this.#nameOf(symbol), symbol)));
      select.addEventListener("change", () => onGo({ digits: this.#chosen(at) }));
    });
  }

  /**
   * The pair after a choice; nothing is explained rather than itself, so the other changes places with it.
   *
   * @param {number} at of the select that was changed
   * @returns {[string, string]}
   */
  #chosen(at) {
    const [wanted, other] = [...this.#selects].map(({ value }) => value);
    if (wanted !== other || !this.#pair) return [wanted, other];
    return at === 0 ? [wanted, this.#pair[0]] : [this.#pair[1], other];
  }

  /**
   * While the pen is down nothing is computed.
   *
   * @param {boolean} isDown
   */
  setPen(isDown) {
    this.#isPenDown = isDown;
    this.#ask();
  }

  /**
   * @param {InsideState} state
   * @param {Float32Array} image
   * @param {Activations | null} layers null without a drawing
   */
  draw({ digits }, image, layers) {
    this.#root.hidden = layers === null;
    this.#image = layers && image;
    if (!layers) return this.#onNeighbours([]);
    const pair = this.#known(digits) ?? this.#likeliest(layers.output);
    this.#selects.forEach((select, at) => {
      if (select.value !== pair[at]) select.value = pair[at];
    });
    this.#pair = pair;
    this.#ask();
  }

  /**
   * @param {[string, string] | null} pair
   * @returns {[string, string] | null} null if one of them is no symbol of the network
   */
  #known(pair) {
    return pair?.every((symbol) => this.#symbols.includes(symbol)) ? pair : null;
  }

  /**
   * @param {Float32Array} output
   * @returns {[string, string]}
   */
  #likeliest(output) {
    const order = this.#symbols.map((_, at) => at).sort((one, other) => output[other] - output[one]);
    return [this.#symbols[order[0]], this.#symbols[order[1]]];
  }

  // --- Questions to the Worker ---------------------------------------------------

  #ask() {
    if (!this.#image || !this.#pair) return;
    const [wanted, other] = this.#pair.map((symbol) => this.#symbols.indexOf(symbol));
    const last = this.#question;
    if (last?.image === this.#image && last.wanted === wanted && last.other === other) return;
    this.#root.classList.add("waiting");
    if (this.#isPenDown) return;
    this.#question = { image: this.#image, wanted, other };
    if (!this.#isAsking) this.#post();
  }

  #post() {
    this.#isAsking = true;
    this.#posted = this.#question;
    this.#worker.postMessage(this.#question);
  }

  /** @param {Answer | null} answer null as soon as answers may have neighbours */
  #onAnswer(answer) {
    if (!answer) {
      if (this.#posted && !this.#isAsking) this.#post();
      return;
    }
    this.#isAsking = false;
    if (this.#posted !== this.#question) this.#post();
    else if (this.#posted && this.#image) this.#show(this.#posted, answer);
  }

  /**
   * @param {Question} question
   * @param {Answer} answer
   */
  #show({ image, wanted, other }, { attributions, neighbours }) {
    this.#root.classList.remove("waiting");
    this.#onNeighbours(neighbours);
    this.#canvas.paintOnInk(attributions, image);
    const names = { wanted: this.#nameOf(this.#symbols[wanted]), other: this.#nameOf(this.#symbols[other]) };
    const sumOf = (/** @type {(value: number) => boolean} */ isMeant) =>
      decimal(Math.abs(attributions.filter(isMeant).reduce((sum, value) => sum + value, 0)), this.#texts);
    const sums = { plus: sumOf((value) => value > 0), minus: sumOf((value) => value < 0) };
    const values = { ...names, ...sums };
    find(this.#root, ".for", HTMLElement).textContent = this.#texts("inside.why.for", values);
    find(this.#root, ".against", HTMLElement).textContent = this.#texts("inside.why.against", values);
    this.#canvas.tell({ label: this.#texts("inside.why.label", values) });
  }

  /** @param {string} symbol */
  #nameOf(symbol) {
    return symbol === "none" ? this.#texts("piece.no_digit") : symbol;
  }
}
