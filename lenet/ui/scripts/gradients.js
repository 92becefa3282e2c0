// @ts-check
// Integrated gradients of the difference of two logits (Sundararajan, Taly, Yan: "Axiomatic Attribution
// for Deep Networks", ICML 2017). Without the DOM.
//
// The path goes from blank paper to the drawing. What the pixels get adds up to how much more the drawing
// speaks for the one symbol than blank paper does; a pixel without ink gets nothing.

import { DEVIATION, KERNEL, PADDED, SIDE, forward } from "./lenet.js";

/** @import { Activations, LeNet, WeightedSum } from "./inside_types.js" */

const STEPS = 32; // along the path; chosen: the sum is within 1 % of what it should be
const BORDER = (PADDED - SIDE) / 2;

/**
 * @param {LeNet} network
 * @param {ArrayLike<number>} image 784 numbers in [0, 1], 1 = ink
 * @param {number} wanted number of the output spoken for
 * @param {number} other number of the output spoken against; what is no output has a logit of 0, as "none"
 * @returns {Float32Array} 784 numbers in nats; above 0 where the ink spoke for `wanted`
 */
export function integratedGradients(network, image, wanted, other) {
  const ink = Float32Array.from(image);
  const sum = new Float32Array(ink.length);
  for (let step = 0; step < STEPS; step++) {
    const share = (step + 0.5) / STEPS;
    const layers = forward(network, ink.map((value) => share * value));
    gradient(network, layers, wanted, other).forEach((value, pixel) => { sum[pixel] += value; });
  }
  return sum.map((value, pixel) => (value * ink[pixel]) / STEPS);
}

/**
 * The gradient of the difference of two logits by the pixels of the image.
 *
 * @param {LeNet} network
 * @param {Activations} layers of the image
 * @param {number} wanted
 * @param {number} other
 * @returns {Float32Array} 784 numbers
 */
export function gradient(network, layers, wanted, other) {
  const { sums } = layers;
  const ofF6 = through(difference(network.output, wanted, other), sums.f6);
  const ofC5 = through(backConnection(ofF6, network.f6), sums.c5);
  const ofS4 = backConnection(ofC5, network.c5);
  const ofC3 = through(unpooled(ofS4, 5), sums.c3);
  const ofS2 = backConvolution(ofC3, 14, network.c3);
  const ofC1 = through(unpooled(ofS2, 14), sums.c1);
  return withoutBorder(backConvolution(ofC1, PADDED, network.c1));
}

/**
 * @param {WeightedSum} output
 * @param {number} wanted
 * @param {number} other
 */
function difference({ weights, biases }, wanted, other) {
  const inputs = weights.length / biases.length;
  const weight = (/** @type {number} */ unit, /** @type {number} */ source) =>
    (unit < biases.length ? weights[unit * inputs + source] : 0);
  return Float32Array.from({ length: inputs }, (_, source) => weight(wanted, source) - weight(other, source));
}

/**
 * Back through the activation, by its derivative.
 *
 * @param {Float32Array} gradient
 * @param {Float32Array} sums what the activation was applied to
 */
function through(gradient, sums) {
  return gradient.map((value, at) => {
    const sigmoid = 1 / (1 + Math.exp(-sums[at]));
    return value * sigmoid * (1 + sums[at] * (1 - sigmoid));
  });
}

/**
 * @param {Float32Array} gradient of the outputs
 * @param {WeightedSum} layer
 */
function backConnection(gradient, { weights, biases }) {
  const inputs = new Float32Array(weights.length / biases.length);
  let w = 0;
  for (const value of gradient) {
    for (let source = 0; source < inputs.length; source++) inputs[source] += value * weights[w++];
  }
  return inputs;
}

/**
 * @param {Float32Array} gradient of pooled maps of side × side
 * @param {number} side
 */
function unpooled(gradient, side) {
  const output = new Float32Array(4 * gradient.length);
  gradient.forEach((value, at) => {
    const [line, column] = [Math.floor(at / side), at % side];
    const first = 4 * line * side + 2 * column;
    output[first] = output[first + 1] = output[first + 2 * side] = output[first + 2 * side + 1] = value / 4;
  });
  return output;
}

/**
 * @param {Float32Array} gradient of the maps that the layer makes
 * @param {number} side of the maps that it sees
 * @param {WeightedSum} layer
 */
function backConvolution(gradient, side, { weights, biases }) {
  const [size, area] = [side - KERNEL + 1, side * side];
  const inputs = weights.length / biases.length / KERNEL ** 2;
  const output = new Float32Array(inputs * area);
  let at = 0;
  for (let map = 0; map < biases.length; map++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const value = gradient[at++];
        let w = map * inputs * KERNEL * KERNEL;
        for (let source = 0; source < inputs; source++) {
          let x = source * area + row * side + column;
          for (let line = 0; line < KERNEL; line++, x += side - KERNEL) {
            for (let one = 0; one < KERNEL; one++) output[x++] += value * weights[w++];
          }
        }
      }
    }
  }
  return output;
}

/** @param {Float32Array} padded gradient of the normalised pixels */
function withoutBorder(padded) {
  return Float32Array.from({ length: SIDE ** 2 }, (_, pixel) => {
    const row = Math.floor(pixel / SIDE) + BORDER;
    return padded[row * PADDED + (pixel % SIDE) + BORDER] / DEVIATION;
  });
}
