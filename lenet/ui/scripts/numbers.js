// @ts-check
// The third level of the inside: one value as the sum that it is, in numbers.

import { find } from "./dom.js";
import { decimal, nameOfLayer } from "./inside_texts.js";
import { isPooling, layerOf } from "./layers.js";
import { ABOVE, BELOW, largest } from "./map_grid.js";

/** @import { InsideState, Sum, SumPart } from "./inside_types.js" */
/** @import { Texts } from "./types.js" */

const LISTED = 6; // of the units that a unit sees, those that count most
const DEEPEST = 0.5; // opacity of the colour behind a number, so that it stays legible

export class Numbers {
  #root;
  #symbols;
  #texts;
  #patches;
  #units;

  /**
   * @param {HTMLElement} root
   * @param {string[]} symbols of the outputs
   * @param {Texts} texts
   */
  constructor(root, symbols, texts) {
    this.#root = root;
    this.#symbols = symbols;
    this.#texts = texts;
    this.#patches = find(root, ".patches", HTMLElement);
    this.#units = find(root, ".units", HTMLTableElement);
  }

  /**
   * @param {InsideState} state
   * @param {Sum} sum
   */
  draw(state, sum) {
    const isOfUnits = layerOf(state.layer).window === 1;
    this.#patches.hidden = isOfUnits;
    this.#units.hidden = !isOfUnits;
    if (isOfUnits) this.#drawUnits(state, sum.parts);
    else this.#drawPatches(state, sum.parts);
    this.#drawSum(state, sum, isOfUnits);
  }

  /**
   * @param {InsideState} state
   * @param {SumPart[]} parts
   */
  #drawPatches({ layer, source }, parts) {
    const { window, source: before } = layerOf(layer);
    const part = parts.find((one) => one.source === source) ?? parts[0];
    const name = nameOfLayer(before ?? "input", this.#texts);
    const isPicture = before === "input";
    const seen = isPicture ? name : this.#texts("inside.patch", { layer: name, number: part.source + 1 });
    this.#drawTable(".values", window, part.values, seen);
    this.#drawTable(".weights", window, part.weights, this.#texts("inside.weights"));
    this.#drawTable(".products", window, part.products, this.#texts("inside.products"));
    find(this.#root, ".normalised", HTMLElement).hidden = !isPicture;
  }

  /**
   * @param {string} selector
   * @param {number} side
   * @param {Float32Array} values
   * @param {string} caption
   */
  #drawTable(selector, side, values, caption) {
    const table = find(this.#root, selector, HTMLTableElement);
    find(table, "caption", HTMLElement).textContent = caption;
    const body = table.tBodies[0];
    if (body.rows.length !== side) {
      body.replaceChildren(...Array.from({ length: side }, () => {
        const row = document.createElement("tr");
        row.append(...Array.from({ length: side }, () => document.createElement("td")));
        return row;
      }));
    }
    const most = largest(values);
    body.querySelectorAll("td").forEach((cell, at) => this.#write(cell, values[at], most));
  }

  /**
   * @param {HTMLElement} cell
   * @param {number} value
   * @param {number} most
   */
  #write(cell, value, most) {
    const share = most > 0 ? (DEEPEST * Math.abs(value)) / most : 0;
    cell.textContent = decimal(value, this.#texts);
    cell.style.backgroundColor = `rgb(${(value < 0 ? BELOW : ABOVE).join(" ")} / ${share.toFixed(2)})`;
  }

  /**
   * @param {InsideState} state
   * @param {SumPart[]} parts
   */
  #drawUnits({ layer }, parts) {
    find(this.#root, ".normalised", HTMLElement).hidden = true;
    const name = nameOfLayer(layerOf(layer).source ?? "input", this.#texts);
    const most = [...parts].sort((one, other) => Math.abs(other.sum) - Math.abs(one.sum));
    const deepest = Math.abs(most[0].sum);
    const rows = most.slice(0, LISTED).map((part) => this.#row([
      this.#texts("inside.unit", { layer: name, number: part.source + 1 }), part.values[0], part.weights[0], part.sum,
    ], deepest));
    const rest = most.slice(LISTED);
    const sum = rest.reduce((total, part) => total + part.sum, 0);
    rows.push(this.#row([this.#texts("inside.rest", { count: rest.length }), null, null, sum], deepest));
    this.#units.tBodies[0].replaceChildren(...rows);
  }

  /**
   * @param {[string, number | null, number | null, number]} entries
   * @param {number} most
   */
  #row([name, ...numbers], most) {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head, ...numbers.map((value, at) => {
      const cell = document.createElement("td");
      if (value !== null) this.#write(cell, value, at === 2 ? most : 0);
      return cell;
    }));
    return row;
  }

  /**
   * @param {InsideState} state
   * @param {Sum} sum
   * @param {boolean} isOfUnits
   */
  #drawSum({ layer, source, map }, { parts, bias, sum, value }, isOfUnits) {
    const { name } = layerOf(layer);
    const number = (/** @type {number} */ one) => decimal(one, this.#texts);
    const terms = find(this.#root, ".equation", HTMLElement);
    const isNone = name === "output" && map === this.#symbols.length - 1;
    if (isNone || isPooling(layerOf(layer))) {
      terms.textContent = this.#texts(isNone ? "inside.sum.none" : "inside.sum.mean", { value: number(value) });
      return;
    }
    const sums = isOfUnits ? [parts.reduce((total, part) => total + part.sum, 0)] : parts.map((part) => part.sum);
    const written = sums.flatMap((one, at) => {
      const term = document.createElement(sums.length > 1 && parts[at].source === source ? "b" : "span");
      term.textContent = number(at === 0 ? one : Math.abs(one));
      return at === 0 ? [term] : [one < 0 ? " − " : " + ", term];
    });
    const values = { bias: number(Math.abs(bias)), sum: number(sum), value: number(value) };
    const isOutput = name === "output";
    const end = this.#texts(isOutput ? "inside.sum.linear" : "inside.sum.silu", values);
    terms.replaceChildren(...written, bias < 0 ? " − " : " + ", end);
  }
}
