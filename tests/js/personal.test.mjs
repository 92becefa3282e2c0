// What a piece reads once a hand was taught. The network's weights are 0, so that all pictures look alike to it, and
// the biases alone say what it reads.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Personal } from "../../lenet/ui/scripts/personal.js";
import { textsOf } from "../../lenet/ui/scripts/texts.js";

const SYMBOLS = ["1", "4", "7", "none"];
const BIASES = [4.9, -5, 5]; // a near tie of 1 and 7; 0 for "none"
const FEATURES = 84; // outputs of f6
const BELOW = 6 * 26 + 16 * 151 + 120 * 401 + FEATURES * 121; // weights and biases of c1, c3, c5 and f6
const ABOUT = { symbols: SYMBOLS, temperature: 1, refuse_from: 0.9, confidence: { logit: 1, weakest: 0, posterior: 0 } };
const texts = textsOf(JSON.parse(readFileSync(new URL("../../lenet/ui/texts/en.json", import.meta.url), "utf-8")));

const picture = (grey) => Buffer.alloc(784, grey).toString("base64");
const piece = (text, grey) => ({
  text, digit: Number(text), status: "ok", box: [0, 0, 10, 20], image: picture(grey),
  probabilities: { 1: 0.47, 4: 0, 7: 0.53 },
});
const answerOf = (text, grey = 9) => ({ text, confidence: 0.6, layout: [0], digits: [piece(text, grey)] });

/** What is read after one piece was taught to be a 1, with a last layer that is held so firmly. */
function taught(firmness) {
  const weights = new Float32Array(BELOW + SYMBOLS.length - 1 + FEATURES * (SYMBOLS.length - 1));
  weights.set(BIASES, weights.length - BIASES.length);
  const metric = new Float32Array((FEATURES + 1) ** 2);
  for (let at = 0; at <= FEATURES; at++) metric[at * (FEATURES + 2)] = firmness;
  const personal = new Personal({ about: ABOUT, weights, metric }, texts);
  personal.learn([{ image: picture(1), label: "1" }]);
  return personal;
}

/** By how many nats the adapted network prefers a 1 to a 7. */
function lead(personal) {
  const { probabilities } = personal.rewrite(answerOf("7")).digits[0];
  return Math.log(probabilities[1] / probabilities[7]);
}

/** A hand that just tips the balance. */
function slightly() {
  let firmness = 1;
  while (lead(taught(firmness)) > 0.5) firmness *= 1.1;
  const personal = taught(firmness);
  assert.ok(lead(personal) > 0.1, "wanted a hand that prefers a 1, a little");
  return personal;
}

test("what the network told follows the hand, however little it speaks louder than before", () => {
  assert.equal(slightly().rewrite(answerOf("7")).text, "1");
});

test("what size or place have told stays, unless the hand speaks clearly louder", () => {
  assert.equal(slightly().rewrite(answerOf("4")).text, "4");
});

test("a personal answer keeps what the server read of each piece", () => {
  const { text, hand } = slightly().rewrite(answerOf("7"));
  assert.deepEqual([text, hand.read], ["1", ["7"]]);
});
