// Writes what the networks of several moments answer: `node answers_of.mjs IMAGES TEMPERATURE OUTPUT NETWORK…`.
// IMAGES is a file of float32; for each network and image the shares are written as float64.

import { readFileSync, writeFileSync } from "node:fs";

import { networkOfSnapshot } from "../../lenet/ui/scripts/snapshots.js";
import { answerOf } from "../../lenet/ui/scripts/timeline_answer.js";

const [images, temperature, output, ...networks] = process.argv.slice(2);

const bytesOf = (path) => new Uint8Array(readFileSync(path)).buffer;
const pixels = new Float32Array(bytesOf(images));
const written = [];
for (const path of networks) {
  const network = networkOfSnapshot(bytesOf(path));
  for (let at = 0; at < pixels.length; at += 784) {
    written.push(...answerOf(network, pixels.subarray(at, at + 784), Number(temperature)).shares);
  }
}
writeFileSync(output, new Uint8Array(Float64Array.from(written).buffer));
