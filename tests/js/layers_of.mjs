// Writes what the scripts compute of images: `node layers_of.mjs WEIGHTS IMAGES OUTPUT [WANTED OTHER]`, files of
// float32. Of each image all layers, or the integrated gradients of the difference of two logits.

import { readFileSync, writeFileSync } from "node:fs";

import { integratedGradients } from "../../lenet/ui/scripts/gradients.js";
import { forward, networkOf } from "../../lenet/ui/scripts/lenet.js";

const [weights, images, output, ...symbols] = process.argv.slice(2);
const LAYERS = ["c1", "s2", "c3", "s4", "c5", "f6", "output"];

const floats = (path) => new Float32Array(new Uint8Array(readFileSync(path)).buffer);
const network = networkOf(floats(weights));
const pixels = floats(images);
const written = [];
for (let at = 0; at < pixels.length; at += 784) {
  const image = pixels.subarray(at, at + 784);
  const layers = forward(network, image);
  const parts = symbols.length > 0
    ? [integratedGradients(network, image, ...symbols.map(Number))]
    : LAYERS.map((name) => layers[name]);
  written.push(...parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)));
}
writeFileSync(output, Buffer.concat(written));
