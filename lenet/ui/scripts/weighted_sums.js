// @ts-check
// How one value of a layer comes about: the patches that it sees, times its weights. Without the DOM.

import { isPooling, layerOf } from "./layers.js";
import { silu } from "./lenet.js";

/** @import { Activations, LeNet, Place, Sum, SumPart } from "./inside_types.js" */

/**
 * @param {LeNet} network
 * @param {Activations} layers
 * @param {Place} place not one of the input
 * @returns {Sum}
 */
export function sumAt(network, layers, place) {
  const layer = layerOf(place.layer);
  if (isPooling(layer)) return meanAt(layers, place);
  const { weights, biases } = network[/** @type {keyof LeNet} */ (layer.name)];
  const sources = sourcesOf(place);
  const isNone = place.map >= biases.length; // its logit is 0 whatever is drawn
  const size = layer.window ** 2;
  const parts = sources.map((source, number) => {
    const first = (place.map * sources.length + number) * size;
    const kernel = isNone ? new Float32Array(size) : weights.subarray(first, first + size);
    return partOf(source, patchAt(layers, place, source), kernel);
  });
  const bias = isNone ? 0 : biases[place.map];
  const sum = parts.reduce((total, part) => total + part.sum, bias);
  return { parts, bias, sum, value: layer.name === "output" ? sum : silu(sum) };
}

/**
 * @param {Activations} layers
 * @param {Place} place
 * @returns {Sum}
 */
function meanAt(layers, place) {
  const part = partOf(place.map, patchAt(layers, place, place.map), new Float32Array(4).fill(0.25));
  return { parts: [part], bias: 0, sum: part.sum, value: part.sum };
}

/**
 * @param {number} source
 * @param {Float32Array} values
 * @param {Float32Array} weights
 * @returns {SumPart}
 */
function partOf(source, values, weights) {
  const products = values.map((value, at) => value * weights[at]);
  return { source, values, weights, products, sum: products.reduce((total, product) => total + product, 0) };
}

/**
 * The maps of the layer before that a place sees.
 *
 * @param {Place} place
 * @returns {number[]}
 */
export function sourcesOf({ layer, map }) {
  const { source, window } = layerOf(layer);
  if (!source) return [];
  return window === 2 ? [map] : Array.from({ length: layerOf(source).maps }, (_, number) => number);
}

/**
 * @param {Activations} layers
 * @param {Place} place
 * @param {number} source map of the layer before
 */
function patchAt(layers, { layer, row, column }, source) {
  const { source: name, window, step } = layerOf(layer);
  const { side } = layerOf(name ?? "input");
  const values = layers[name ?? "input"];
  return Float32Array.from({ length: window ** 2 }, (_, at) => {
    const [line, place] = [row * step + Math.floor(at / window), column * step + (at % window)];
    return values[source * side * side + line * side + place];
  });
}
