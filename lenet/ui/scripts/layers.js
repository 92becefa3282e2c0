// @ts-check
// What each layer of LeNet consists of and sees. Without the DOM.

/** @import { Layer, LayerName } from "./inside_types.js" */

/** @type {Layer[]} in the order of the network; `window` and `step` are pixels of the layer before */
export const LAYERS = [
  { name: "input", maps: 1, side: 32, source: null, window: 0, step: 0 },
  { name: "c1", maps: 6, side: 28, source: "input", window: 5, step: 1 },
  { name: "s2", maps: 6, side: 14, source: "c1", window: 2, step: 2 },
  { name: "c3", maps: 16, side: 10, source: "s2", window: 5, step: 1 },
  { name: "s4", maps: 16, side: 5, source: "c3", window: 2, step: 2 },
  { name: "c5", maps: 120, side: 1, source: "s4", window: 5, step: 1 },
  { name: "f6", maps: 84, side: 1, source: "c5", window: 1, step: 1 },
  { name: "output", maps: 20, side: 1, source: "f6", window: 1, step: 1 },
];

/**
 * @param {LayerName} name
 * @returns {Layer}
 */
export function layerOf(name) {
  const layer = LAYERS.find((one) => one.name === name);
  if (!layer) throw new RangeError(`wanted the name of a layer, got ${name}`);
  return layer;
}

/**
 * Whether a layer only averages, by no trained numbers.
 *
 * @param {Layer} layer
 */
export function isPooling({ window }) {
  return window === 2;
}

/**
 * The number of trained numbers: weights and biases.
 *
 * @param {Layer} layer
 */
export function parametersOf(layer) {
  if (!layer.source || isPooling(layer)) return 0;
  const trained = layer.name === "output" ? layer.maps - 1 : layer.maps; // "none" has none
  return trained * (layerOf(layer.source).maps * layer.window ** 2 + 1);
}
