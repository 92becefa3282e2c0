// @ts-check
// What a Worker runs: what takes too long for the page's own thread while somebody draws.

import { integratedGradients } from "./gradients.js";
import { SIDE, networkOf } from "./lenet.js";
import { digitOf, featuresOf, nearest } from "./neighbours.js";

/** @import { LeNet } from "./inside_types.js" */

/**
 * @typedef {object} Question
 * @property {Float32Array} image 784 numbers in [0, 1]
 * @property {number} wanted number of an output
 * @property {number} other number of an output
 */

/**
 * @typedef {object} Answer
 * @property {Float32Array} attributions as `integratedGradients` returns them
 * @property {number[]} neighbours numbers of the nearest digits of the sheet; none before all of them are known
 */

const COUNT = 8; // neighbours
const AT_ONCE = 20; // digits of the sheet between two looks for a question; chosen: 20 ms of work

/** @type {LeNet} */
let network;
/** @type {Float32Array[]} of the digits of the sheet */
const known = [];
let isReady = false;

/** The first message has the weights, the second the sheet, each other one a question, which is answered in turn. */
export function listenForQuestions() {
  self.addEventListener("message", ({ data }) => {
    if (data instanceof Float32Array) network = networkOf(data);
    else if (data instanceof Uint8Array) learn(data);
    else self.postMessage(answerTo(data));
  });
}

/**
 * @param {Question} question
 * @returns {Answer}
 */
function answerTo({ image, wanted, other }) {
  return {
    attributions: integratedGradients(network, image, wanted, other),
    neighbours: isReady ? nearest(known, featuresOf(network, image), COUNT) : [],
  };
}

/** @param {Uint8Array} sheet */
function learn(sheet) {
  const count = sheet.length / SIDE ** 2;
  for (let one = 0; one < AT_ONCE && known.length < count; one++) {
    known.push(featuresOf(network, digitOf(sheet, known.length)));
  }
  isReady = known.length === count;
  if (isReady) self.postMessage(null);
  else setTimeout(() => learn(sheet));
}
