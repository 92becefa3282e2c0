// @ts-check
// What a Worker runs: integrated gradients take too long for the page's own thread while somebody draws.

import { integratedGradients } from "./gradients.js";
import { networkOf } from "./lenet.js";

/** @import { LeNet } from "./inside_types.js" */
/** @typedef {{ image: Float32Array, wanted: number, other: number }} Question outputs by number */

/** The first message has the weights, each other one a question, which is answered in turn. */
export function listenForQuestions() {
  /** @type {LeNet | null} */
  let network = null;
  self.addEventListener("message", ({ data }) => {
    if (!network) network = networkOf(data);
    else self.postMessage(integratedGradients(network, data.image, data.wanted, data.other));
  });
}
