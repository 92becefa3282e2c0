// How the last layer learns a hand from corrections.

import assert from "node:assert/strict";
import { test } from "node:test";

import { LOGITS, STRENGTH, adapted } from "../../lenet/ui/scripts/adaptation.js";
import { factorOf, solved } from "../../lenet/ui/scripts/cholesky.js";

const [OUTPUTS, INPUTS] = [4, 6]; // and "none"
const NONE = OUTPUTS;

/** Numbers between -1 and 1, the same in each run. */
function numbers(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 31 - 1;
  });
}

const DRAWINGS = Array.from({ length: 40 }, (_, i) => numbers(INPUTS, 100 + i)); // of the training
const output = { weights: numbers(OUTPUTS * INPUTS, 1), biases: numbers(OUTPUTS, 2) };
const metric = metricOf(DRAWINGS);

function metricOf(drawings) {
  const size = INPUTS + 1;
  const metric = new Float32Array(size * size);
  for (const drawing of drawings) {
    const f = [...drawing, 1];
    for (let at = 0; at < metric.length; at++) {
      metric[at] += (f[Math.floor(at / size)] * f[at % size]) / drawings.length;
    }
  }
  return metric;
}

function logits({ weights, biases }, features) {
  const outputs = [...biases].map((bias, k) => features.reduce(
    (sum, value, at) => sum + value * weights[k * INPUTS + at], bias,
  ));
  return [...outputs, 0];
}

function probability(layer, features, label) {
  const powers = logits(layer, features).map(Math.exp);
  return powers[label] / powers.reduce((sum, power) => sum + power);
}

function meanChange(layer, drawings) {
  const squares = drawings.map((drawing) => {
    const before = logits(output, drawing);
    return logits(layer, drawing).reduce((sum, logit, k) => sum + (logit - before[k]) ** 2, 0);
  });
  return squares.reduce((sum, square) => sum + square) / drawings.length;
}

function rootMeanSquare(drawings) {
  const squares = drawings.map((drawing) => {
    const all = logits(output, drawing);
    const mean = all.reduce((sum, logit) => sum + logit) / all.length;
    return all.reduce((sum, logit) => sum + (logit - mean) ** 2, 0);
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square) / drawings.length);
}

const HAND = numbers(INPUTS, 7).map((value) => 3 * value);

test("without corrections the layer stays what it is", () => {
  assert.deepEqual(adapted(output, metric, []), output);
});

test("a correction makes its label the likeliest, none among them", () => {
  for (const label of [0, 1, 2, 3, NONE]) {
    const layer = adapted(output, metric, [{ features: HAND, label }]);
    const found = logits(layer, HAND);
    assert.equal(found.indexOf(Math.max(...found)), label);
  }
});

test("the layer that it was given is left as it is", () => {
  const before = structuredClone(output);
  adapted(output, metric, [{ features: HAND, label: 2 }]);
  assert.deepEqual(output, before);
});

test("corrections given again make the label likelier still, in any order the same", () => {
  const one = { features: HAND, label: 1 };
  const other = { features: HAND.map((value) => -value), label: NONE };
  const once = adapted(output, metric, [one, other]);
  const twice = adapted(output, metric, [one, one, other]);
  assert.ok(probability(twice, HAND, 1) > probability(once, HAND, 1));
  const turned = adapted(output, metric, [other, one, one]);
  turned.weights.forEach((weight, at) => assert.ok(Math.abs(weight - twice.weights[at]) < 1e-4));
});

test("no other layer has a lower loss", () => {
  const corrections = [{ features: HAND, label: 3 }, { features: DRAWINGS[0], label: 0 }];
  const scale = LOGITS / rootMeanSquare(DRAWINGS);
  const scaled = ({ weights, biases }) => (
    { weights: weights.map((value) => scale * value), biases: biases.map((value) => scale * value) }
  );
  const loss = (layer) => corrections.reduce(
    (sum, { features, label }) => sum - Math.log(probability(scaled(layer), features, label)),
    (STRENGTH / 2) * scale ** 2 * meanChange(layer, DRAWINGS),
  );
  const best = adapted(output, metric, corrections);
  for (let seed = 0; seed < 20; seed++) {
    const change = numbers(OUTPUTS * INPUTS, 50 + seed);
    const other = { weights: best.weights.map((weight, at) => weight + 0.02 * change[at]), biases: best.biases };
    assert.ok(loss(other) > loss(best));
  }
});

test("what does not fit is told", () => {
  const correction = { features: HAND, label: 0 };
  assert.throws(() => adapted(output, metric.subarray(1), [correction]), /metric: wanted 49 numbers, got 48/);
  assert.throws(() => adapted(output, metric, [{ ...correction, label: 5 }]), /label: wanted .* 0 to 4, got 5/);
  const short = { ...correction, features: HAND.subarray(1) };
  assert.throws(() => adapted(output, metric, [short]), /features: wanted 6 numbers, got 5/);
  assert.throws(() => adapted(output, metric.map(() => 0), [correction]), /matrix: wanted a positive definite/);
});

test("equations are solved by the Cholesky factor", () => {
  const size = INPUTS + 1;
  const right = Float64Array.from(numbers(size, 3));
  const found = solved(factorOf(metric, size), right);
  right.forEach((value, row) => {
    const product = found.reduce((sum, one, at) => sum + metric[row * size + at] * one, 0);
    assert.ok(Math.abs(product - value) < 1e-9);
  });
});
