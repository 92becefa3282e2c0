// @ts-check
// LeNet-5 as it is shipped: the forward pass of lenet/network/model.py. Without the DOM.

/** @import { Activations, LeNet, WeightedSum } from "./inside_types.js" */

export const SIDE = 28; // pixels of the images
export const PADDED = 32; // with the border of white paper
export const KERNEL = 5; // side of the kernels
export const MEAN = 0.1307; // of MNIST's pixels, as MNIST_MEAN of lenet/network/model.py
export const DEVIATION = 0.3081; // of MNIST's pixels, as MNIST_DEVIATION

const BORDER = (PADDED - SIDE) / 2;
const OUTPUTS = [6, 16, 120, 84]; // of c1, c3, c5 and f6
const INPUTS = [KERNEL ** 2, 6 * KERNEL ** 2, 16 * KERNEL ** 2, 120, 84]; // weights of one output

/**
 * @param {Float32Array} numbers weights and biases of c1, c3, c5, f6 and the outputs, as `weights` of
 *   lenet/ui/inside.py writes them
 * @returns {LeNet}
 */
export function networkOf(numbers) {
  let at = 0;
  const take = (/** @type {number} */ count) => numbers.subarray(at, (at += count));
  const [c1, c3, c5, f6] = OUTPUTS.map((outputs, layer) => ({
    weights: take(outputs * INPUTS[layer]), biases: take(outputs),
  }));
  const outputs = (numbers.length - at) / (INPUTS[4] + 1);
  return { c1, c3, c5, f6, output: { weights: take(outputs * INPUTS[4]), biases: take(outputs) } };
}

/**
 * @param {Float32Array} numbers as `networkOf` takes them
 * @param {WeightedSum} output
 * @returns {Float32Array} the same with other outputs
 */
export function withOutput(numbers, { weights, biases }) {
  const other = numbers.slice();
  other.set(weights, numbers.length - biases.length - weights.length);
  other.set(biases, numbers.length - biases.length);
  return other;
}

/**
 * @param {LeNet} network
 * @param {ArrayLike<number>} image 784 numbers in [0, 1], row by row, 1 = ink, in the form of MNIST
 * @returns {Activations} of each layer, map by map, row by row; the outputs are the logits of digits and signs
 */
export function forward(network, image) {
  const input = withBorder(image);
  const sums1 = convolution(input, PADDED, network.c1);
  const c1 = sums1.map(silu);
  const s2 = pooled(c1, 28);
  const sums3 = convolution(s2, 14, network.c3);
  const c3 = sums3.map(silu);
  const s4 = pooled(c3, 10);
  const sums5 = connection(s4, network.c5);
  const c5 = sums5.map(silu);
  const sums6 = connection(c5, network.f6);
  const f6 = sums6.map(silu);
  const output = connection(f6, network.output);
  return { input, c1, s2, c3, s4, c5, f6, output, sums: { c1: sums1, c3: sums3, c5: sums5, f6: sums6 } };
}

/**
 * The activation of all layers but the last.
 *
 * @param {number} value
 */
export function silu(value) {
  return value / (1 + Math.exp(-value));
}

/** @param {ArrayLike<number>} image */
function withBorder(image) {
  const padded = new Float32Array(PADDED ** 2).fill(-MEAN / DEVIATION);
  for (let pixel = 0; pixel < SIDE ** 2; pixel++) {
    const row = Math.floor(pixel / SIDE) + BORDER;
    padded[row * PADDED + (pixel % SIDE) + BORDER] = (image[pixel] - MEAN) / DEVIATION;
  }
  return padded;
}

/**
 * @param {Float32Array} input maps of side × side
 * @param {number} side
 * @param {WeightedSum} layer
 */
function convolution(input, side, { weights, biases }) {
  const [size, area] = [side - KERNEL + 1, side * side];
  const inputs = input.length / area;
  const output = new Float32Array(biases.length * size * size);
  let at = 0;
  for (let map = 0; map < biases.length; map++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        let sum = biases[map];
        let w = map * inputs * KERNEL * KERNEL;
        for (let source = 0; source < inputs; source++) {
          let x = source * area + row * side + column;
          for (let line = 0; line < KERNEL; line++, x += side, w += KERNEL) {
            // Written out: a loop of five takes three times as long.
            sum += input[x] * weights[w] + input[x + 1] * weights[w + 1] + input[x + 2] * weights[w + 2]
              + input[x + 3] * weights[w + 3] + input[x + 4] * weights[w + 4];
          }
        }
        output[at++] = sum;
      }
    }
  }
  return output;
}

/**
 * Means of 2 × 2 values.
 *
 * @param {Float32Array} input maps of side × side
 * @param {number} side
 */
function pooled(input, side) {
  const output = new Float32Array(input.length / 4);
  for (let at = 0, x = 0; at < output.length; x += side) {
    for (const end = x + side; x < end; x += 2) {
      output[at++] = (input[x] + input[x + 1] + input[x + side] + input[x + side + 1]) / 4;
    }
  }
  return output;
}

/**
 * @param {Float32Array} input
 * @param {WeightedSum} layer
 */
function connection(input, { weights, biases }) {
  let w = 0;
  return biases.map((bias) => {
    let sum = bias;
    for (let source = 0; source < input.length; source++) sum += input[source] * weights[w++];
    return sum;
  });
}
