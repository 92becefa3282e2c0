// @ts-check
// Learns a hand from a few corrections: pulls the last layer to them, and holds it where the drawings of the
// training lie. As lenet/learning/hand.py, which tells the formula. Without the DOM.
//
// The weights change by Σ aᵢ (C⁻¹ fᵢ)ᵀ, a column aᵢ of coefficients for each correction, so that only these
// are sought: by Newton's method, each step by conjugate gradients. All of it is convex.

import { factorOf, solved } from "./cholesky.js";
import { dot, sum } from "./vectors.js";

/** @import { WeightedSum } from "./inside_types.js" */
/** @typedef {{ features: Float32Array, label: number }} Correction */

export const STRENGTH = 0.3; // λ: how firmly the last layer is held, as STRENGTH of hand.py
export const LOGITS = 16; // root mean square to which the logits are scaled, as LOGITS of hand.py

const STEPS = 30; // of Newton's method, at most; measured: 5 to 10 are enough
const INNER_STEPS = 60; // of conjugate gradients in each, at most
const TOLERANCE = 1e-12; // squared length of the gradient at which the search ends

/**
 * The last layer after corrections. 30 take 10 ms (benchmarks/hands.py); the time grows by their square.
 *
 * @param {WeightedSum} output of digits and signs; left as it is
 * @param {Float32Array} metric C = E[f fᵀ] over the training data, row by row; f are the inputs of the layer
 *   and a 1
 * @param {Correction[]} corrections each with the inputs of the layer and the number of the right output; the
 *   number after the last is that of "none", whose logit is 0
 * @returns {WeightedSum} new weights and biases
 */
export function adapted(output, metric, corrections) {
  const [outputs, inputs] = [output.biases.length, output.weights.length / output.biases.length];
  check(metric, corrections, outputs, inputs);
  const factor = factorOf(metric, inputs + 1);
  const features = corrections.map(({ features }) => Float64Array.of(...features, 1));
  const duals = features.map((feature) => solved(factor, feature));
  const kernel = features.map((one) => Float64Array.from(duals, (dual) => dot(one, dual)));
  const scale = LOGITS / rootMeanSquare(output, metric);
  const logits = corrections.flatMap((one) => logitsOf(output, one.features));
  const start = Float64Array.from(logits, (logit) => scale * logit);
  const coefficients = minimum({ kernel, start, labels: corrections.map(({ label }) => label) });
  return changed(output, coefficients.map((value) => value / scale), duals);
}

/**
 * @param {Float32Array} metric
 * @param {Correction[]} corrections
 * @param {number} outputs
 * @param {number} inputs
 */
function check(metric, corrections, outputs, inputs) {
  if (metric.length !== (inputs + 1) ** 2) {
    throw new RangeError(`metric: wanted ${(inputs + 1) ** 2} numbers, got ${metric.length}`);
  }
  for (const { features, label } of corrections) {
    if (features.length !== inputs) {
      throw new RangeError(`features: wanted ${inputs} numbers, got ${features.length}`);
    }
    if (!Number.isInteger(label) || label < 0 || label > outputs) {
      throw new RangeError(`label: wanted a number from 0 to ${outputs}, got ${label}`);
    }
  }
}

/**
 * @param {WeightedSum} output
 * @param {Float32Array} features
 */
function logitsOf({ weights, biases }, features) {
  return [...biases].map((bias, output) => {
    let sum = bias;
    const first = output * features.length;
    for (let at = 0; at < features.length; at++) sum += features[at] * weights[first + at];
    return sum;
  });
}

/**
 * Of the logits of the training data, "none" among them, each less their mean.
 *
 * @param {WeightedSum} output
 * @param {Float32Array} metric
 */
function rootMeanSquare({ weights, biases }, metric) {
  const [outputs, inputs] = [biases.length, weights.length / biases.length];
  const rows = Array.from(biases, (bias, k) => (
    Float64Array.of(...weights.subarray(k * inputs, (k + 1) * inputs), bias)
  ));
  const mean = rows[0].map((_, at) => rows.reduce((sum, row) => sum + row[at], 0) / (outputs + 1));
  const square = (/** @type {Float64Array} */ row) => {
    const image = row.map((_, at) => dot(row, metric.subarray(at * row.length, (at + 1) * row.length)));
    return dot(row, image);
  };
  const total = rows.reduce((sum, row) => sum + square(row.map((value, at) => value - mean[at])), 0);
  return Math.sqrt(total + square(mean)); // "none" has weights of 0
}

/**
 * Of all outputs for the first correction, then for the second, and so on.
 *
 * @typedef {Float64Array} Table
 */

/**
 * The coefficients of the best last layer.
 *
 * @param {{ kernel: Float64Array[], start: Table, labels: number[] }} problem the products fᵢᵀ C⁻¹ fⱼ, the
 *   logits before, and the right outputs
 */
function minimum({ kernel, start, labels }) {
  /** @type {Table} */
  let coefficients = new Float64Array(start.length);
  let logits = start;
  let { loss, probabilities, residuals } = measured(logits, labels);
  for (let step = 0; step < STEPS; step++) {
    residuals = sum(residuals, -STRENGTH, coefficients);
    if (dot(residuals, times(kernel, residuals)) < TOLERANCE) break;
    const direction = newtonStep(kernel, probabilities, residuals);
    const slope = times(kernel, direction);
    const decrease = dot(residuals, slope);
    // Half as far until the loss falls as it should; close to the minimum the first try does.
    for (let share = 1; share > 1e-6; share /= 2) {
      const tried = sum(coefficients, share, direction);
      const triedLogits = sum(logits, share, slope);
      const found = measured(triedLogits, labels);
      found.loss += (STRENGTH / 2) * dot(tried, sum(triedLogits, -1, start)); // which is kernel · tried
      if (found.loss <= loss - 1e-4 * share * decrease + 1e-12) {
        [coefficients, logits] = [tried, triedLogits];
        ({ loss, probabilities, residuals } = found);
        break;
      }
    }
  }
  return coefficients;
}

/**
 * Solves (λ + W K) d = residuals by conjugate gradients in the metric of the kernel K; W is the curvature of
 * the cross-entropy. The closer the minimum, the more exactly.
 *
 * @param {Float64Array[]} kernel
 * @param {Table} probabilities
 * @param {Table} residuals
 */
function newtonStep(kernel, probabilities, residuals) {
  /** @type {Table} */
  let solution = new Float64Array(residuals.length);
  let rest = residuals;
  let restImage = times(kernel, rest);
  let [way, wayImage] = [rest, restImage];
  let length = dot(rest, restImage);
  const enough = length * Math.min(0.01, length);
  for (let step = 0; step < INNER_STEPS && length > enough; step++) {
    const image = sum(curved(probabilities, wayImage, kernel.length), STRENGTH, way);
    const share = length / dot(image, wayImage);
    solution = sum(solution, share, way);
    rest = sum(rest, -share, image);
    restImage = times(kernel, rest);
    const before = length;
    length = dot(rest, restImage);
    way = sum(rest, length / before, way);
    wayImage = sum(restImage, length / before, wayImage);
  }
  return solution;
}

/**
 * The curvature of the cross-entropy times a change of the logits.
 *
 * @param {Table} probabilities
 * @param {Table} change
 * @param {number} corrections
 */
function curved(probabilities, change, corrections) {
  const outputs = change.length / corrections;
  const bent = new Float64Array(change.length);
  for (let first = 0; first < bent.length; first += outputs) {
    let mean = 0;
    for (let at = first; at < first + outputs; at++) mean += probabilities[at] * change[at];
    for (let at = first; at < first + outputs; at++) bent[at] = probabilities[at] * (change[at] - mean);
  }
  return bent;
}

/**
 * The cross-entropy, summed over the corrections; the probabilities; what these lack of the right answers.
 *
 * @param {Table} logits
 * @param {number[]} labels
 */
function measured(logits, labels) {
  const outputs = logits.length / labels.length;
  const probabilities = new Float64Array(logits.length);
  const residuals = new Float64Array(logits.length);
  let loss = 0;
  labels.forEach((label, i) => {
    const row = logits.subarray(i * outputs, (i + 1) * outputs);
    const most = Math.max(0, ...row);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - most), Math.exp(-most)); // 0 is of "none"
    loss += most + Math.log(total) - (row[label] ?? 0);
    row.forEach((logit, k) => {
      const probability = Math.exp(logit - most) / total;
      probabilities[i * outputs + k] = probability;
      residuals[i * outputs + k] = Number(k === label) - probability;
    });
  });
  return { loss, probabilities, residuals };
}

/**
 * @param {WeightedSum} output
 * @param {Table} coefficients
 * @param {Float64Array[]} duals C⁻¹ fᵢ
 * @returns {WeightedSum}
 */
function changed({ weights, biases }, coefficients, duals) {
  const [outputs, inputs] = [biases.length, weights.length / biases.length];
  const change = (/** @type {number} */ output, /** @type {number} */ input) =>
    duals.reduce((sum, dual, i) => sum + coefficients[i * outputs + output] * dual[input], 0);
  return {
    weights: weights.map((value, at) => value + change(Math.floor(at / inputs), at % inputs)),
    biases: biases.map((value, output) => value + change(output, inputs)),
  };
}

/**
 * @param {Float64Array[]} kernel
 * @param {Table} table
 */
function times(kernel, table) {
  const outputs = table.length / kernel.length;
  const image = new Float64Array(table.length);
  for (let i = 0; i < kernel.length; i++) {
    for (let j = 0; j < kernel.length; j++) {
      const product = kernel[i][j];
      for (let k = 0; k < outputs; k++) image[i * outputs + k] += product * table[j * outputs + k];
    }
  }
  return image;
}
