// @ts-check
// The networks of several moments: unpacked, and fetched in the order in which they are likely wanted. Without
// the DOM.

import { networkOf } from "./lenet.js";

/** @import { LeNet } from "./inside_types.js" */

const LAYERS = [[6, 25], [16, 150], [120, 400], [84, 120]]; // outputs and weights of each of c1, c3, c5 and f6
const LAST = 84; // weights of an output of the last layer
const AT_ONCE = 3; // requests in flight; chosen: the server takes four of one client

/**
 * A network whose weights were rounded to 8 bits.
 *
 * @param {ArrayBuffer} file as `network` of lenet/ui/timeline.py writes it: for each output a scale, then a bias,
 *   float32; then the weights, int8
 * @returns {LeNet}
 */
export function networkOfSnapshot(file) {
  const known = LAYERS.reduce((sum, [outputs, inputs]) => sum + outputs * (inputs + 8), 0);
  const symbols = (file.byteLength - known) / (LAST + 8);
  if (!Number.isInteger(symbols) || symbols < 1) throw new RangeError(`wanted a network, got ${file.byteLength} bytes`);
  const layers = [...LAYERS, [symbols, LAST]];
  const outputs = layers.reduce((sum, [count]) => sum + count, 0);
  const scales = new Float32Array(file, 0, outputs);
  const biases = new Float32Array(file, 4 * outputs, outputs);
  const weights = new Int8Array(file, 8 * outputs);
  const numbers = new Float32Array(weights.length + outputs);
  let [at, weight, output] = [0, 0, 0];
  for (const [count, inputs] of layers) {
    for (let one = 0; one < count; one++) {
      const scale = scales[output + one];
      for (const end = weight + inputs; weight < end;) numbers[at++] = weights[weight++] * scale;
    }
    numbers.set(biases.subarray(output, output + count), at);
    at += count;
    output += count;
  }
  return networkOf(numbers);
}

/**
 * First the moment that is shown, then those after it, as they are played, then those before it.
 *
 * @param {number} now
 * @param {number} count
 */
export function likelyOrder(now, count) {
  const all = Array.from({ length: count }, (_, moment) => moment);
  return [...all.slice(now), ...all.slice(0, now).reverse()];
}

export class Snapshots {
  /** @type {Map<number, LeNet>} */
  #networks = new Map();
  /** @type {Set<number>} */
  #awaited = new Set();
  /** @type {Set<number>} */
  #failed = new Set();
  #wanted = -1; // -1 while none is to be fetched
  #count;
  #fetchOne;
  #onChange;

  /**
   * @param {number} count of the moments
   * @param {(moment: number) => Promise<ArrayBuffer>} fetchOne
   * @param {() => void} onChange called when a network has come, or could not
   */
  constructor(count, fetchOne, onChange) {
    this.#count = count;
    this.#fetchOne = fetchOne;
    this.#onChange = onChange;
  }

  /** @param {number} moment */
  at(moment) {
    return this.#networks.get(moment);
  }

  /** @param {number} moment */
  hasFailed(moment) {
    return this.#failed.has(moment);
  }

  /**
   * @param {number} moment
   * @param {ArrayBuffer} file as for `networkOfSnapshot`
   */
  put(moment, file) {
    this.#networks.set(moment, networkOfSnapshot(file));
  }

  /** @param {number} moment that is shown: this one and then all others are fetched, also those that failed */
  want(moment) {
    this.#wanted = moment;
    this.#failed.clear();
    this.#fetchMore();
  }

  /** Fetches no more, until one is wanted. */
  pause() {
    this.#wanted = -1;
  }

  #fetchMore() {
    if (this.#wanted < 0 || this.#networks.size === this.#count) return;
    for (const moment of likelyOrder(this.#wanted, this.#count)) {
      if (this.#awaited.size >= AT_ONCE) return;
      const isKnown = [this.#networks, this.#awaited, this.#failed].some((some) => some.has(moment));
      if (!isKnown) void this.#fetch(moment);
    }
  }

  /** @param {number} moment */
  async #fetch(moment) {
    this.#awaited.add(moment);
    try {
      this.put(moment, await this.#fetchOne(moment));
    } catch {
      this.#failed.add(moment);
    }
    this.#awaited.delete(moment);
    this.#onChange();
    this.#fetchMore();
  }
}
