// @ts-check
// What is said of one map, of what it sees and of its kernels. Without the DOM.

import { nameOfLayer, textOfPlace, titleOf } from "./inside_texts.js";
import { isPooling, layerOf } from "./layers.js";
import { sourcesOf } from "./weighted_sums.js";

/** @import { InsideState } from "./inside_types.js" */
/** @import { Texts } from "./types.js" */

/**
 * @param {InsideState} state
 * @param {number | undefined} value of the chosen place; none without a drawing
 * @param {string[]} symbols of the outputs
 * @param {Texts} texts
 */
export function wordsOf(state, value, symbols, texts) {
  const layer = layerOf(state.layer);
  const before = layerOf(layer.source ?? "input");
  const source = nameOfLayer(before.name, texts);
  const sources = sourcesOf(state);
  const [count, { window }] = [sources.length, layer];
  const kind = isPooling(layer) ? "mean" : window === 1 ? "units" : "patches";
  const title = titleOf(state, symbols, texts);
  const place = textOfPlace(state, value, texts);
  return {
    title,
    source,
    sentence: texts(`inside.sees.${kind}`, { count, window, source }),
    kernels: texts(`inside.kernels.${kind}`, { count }),
    result: layer.side === 1 ? `${title}: ${place}` : place,
    toldOfSources: {
      label: texts("inside.sources.label", { layer: source }),
      now: sources.indexOf(state.source) + 1,
      most: count,
      text: texts("inside.sources.text", { number: state.source + 1, count: before.maps }),
    },
    toldOfKernels: { label: texts("inside.kernels.label", { title }) },
    toldOfResult: { label: title, now: state.map + 1, most: layer.maps, text: place },
  };
}
