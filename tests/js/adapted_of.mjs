// Writes the last layer after corrections: `node adapted_of.mjs OUTPUT METRIC FEATURES RESULT LABEL …`, files of
// float32. Of the layers the weights, then the biases; of the corrections the features, one after the other.

import { readFileSync, writeFileSync } from "node:fs";

import { adapted } from "../../lenet/ui/scripts/adaptation.js";

const [output, metric, features, result, ...labels] = process.argv.slice(2);

const floats = (path) => new Float32Array(new Uint8Array(readFileSync(path)).buffer);
const inputs = Math.sqrt(floats(metric).length) - 1;
const numbers = floats(output);
const outputs = numbers.length / (inputs + 1);
const layer = { weights: numbers.subarray(0, outputs * inputs), biases: numbers.subarray(outputs * inputs) };
const all = floats(features);
const corrections = labels.map((label, i) => (
  { features: all.subarray(i * inputs, (i + 1) * inputs), label: Number(label) }
));
const { weights, biases } = adapted(layer, floats(metric), corrections);
writeFileSync(result, Buffer.from(Float32Array.of(...weights, ...biases).buffer));
