import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Snapshots, likelyOrder, networkOfSnapshot } from "../../lenet/ui/scripts/snapshots.js";
import { textsOf } from "../../lenet/ui/scripts/texts.js";
import { DIGITS, answerOf } from "../../lenet/ui/scripts/timeline_answer.js";
import { heightsOf, lineThrough, ticksOf } from "../../lenet/ui/scripts/timeline_chart.js";
import { countOf, remarkOn, textOfAnswer, textOfMoment } from "../../lenet/ui/scripts/timeline_texts.js";

const ENGLISH = textsOf(JSON.parse(readFileSync(new URL("../../lenet/ui/texts/en.json", import.meta.url), "utf-8")));

const OUTPUTS = 6 + 16 + 120 + 84 + 19;
const WEIGHTS = 6 * 25 + 16 * 150 + 120 * 400 + 84 * 120 + 19 * 84;

/** A file with all scales `scale`, biases counted up, and each weight its number modulo 100. */
function packed(scale = 0.5) {
  const file = new ArrayBuffer(8 * OUTPUTS + WEIGHTS);
  new Float32Array(file, 0, OUTPUTS).fill(scale);
  new Float32Array(file, 4 * OUTPUTS, OUTPUTS).set(Array.from({ length: OUTPUTS }, (_, at) => at));
  new Int8Array(file, 8 * OUTPUTS).set(Array.from({ length: WEIGHTS }, (_, at) => at % 100));
  return file;
}

const FILE = packed();
const settled = () => new Promise((done) => setTimeout(done));

test("a network is unpacked: each weight times the scale of its output, the biases as they are", () => {
  const { c1, c3, output } = networkOfSnapshot(FILE);
  assert.deepEqual([...c1.weights.slice(0, 3)], [0, 0.5, 1]);
  assert.deepEqual([...c1.biases], [0, 1, 2, 3, 4, 5]);
  assert.equal(c3.weights[0], (150 % 100) / 2);
  assert.equal(c3.biases[0], 6);
  assert.equal(output.biases.length, 19);
  assert.equal(output.biases[18], OUTPUTS - 1);
  assert.equal(output.weights.at(-1), ((WEIGHTS - 1) % 100) / 2);
});

test("each output has a scale of its own", () => {
  const file = packed();
  new Float32Array(file, 0, OUTPUTS)[1] = 2; // of the second kernel of c1
  const { c1 } = networkOfSnapshot(file);
  assert.equal(c1.weights[24], 12);
  assert.equal(c1.weights[25], 50);
});

test("what is no network is refused", () => {
  assert.throws(() => networkOfSnapshot(new ArrayBuffer(1000)), RangeError);
  assert.throws(() => networkOfSnapshot(FILE.slice(1)), RangeError);
});

test("an answer is a softmax of the logits and a zero, flatter at a higher temperature", () => {
  const network = networkOfSnapshot(new ArrayBuffer(FILE.byteLength));
  network.output.biases.set([0, 0, 3, 0, 0, 0, 0, 0, 0, 0, -1, 2, -1, -1, -1, -1, -1, -1, -1]);
  const { shares, likeliest, sign } = answerOf(network, new Float32Array(784), 1);
  assert.deepEqual([shares.length, likeliest, sign], [20, 2, DIGITS + 1]);
  assert.ok(Math.abs(shares.reduce((one, other) => one + other) - 1) < 1e-12);
  assert.ok(Math.abs(shares[2] / shares[19] - Math.exp(3)) < 1e-9);
  assert.ok(answerOf(network, new Float32Array(784), 4).shares[2] < shares[2]);
});

test("nothing likelier than a fixed zero is no digit", () => {
  const network = networkOfSnapshot(new ArrayBuffer(FILE.byteLength));
  network.output.biases.fill(-1);
  assert.equal(answerOf(network, new Float32Array(784), 1).likeliest, 19);
});

test("the moment that is shown comes first, then those that follow, then those before", () => {
  assert.deepEqual(likelyOrder(0, 4), [0, 1, 2, 3]);
  assert.deepEqual(likelyOrder(2, 5), [2, 3, 4, 1, 0]);
});

/** Snapshots whose requests are answered by hand. */
function byHand(count) {
  const asked = [];
  const snapshots = new Snapshots(count, (moment) => new Promise((resolve, reject) => {
    asked.push({ moment, answer: () => resolve(FILE), fail: () => reject(new Error("no")) });
  }), () => { heard.count += 1; });
  const heard = { count: 0 };
  return { snapshots, asked, heard, moments: () => asked.map(({ moment }) => moment) };
}

test("few networks are fetched at once, each once, and the newest choice jumps the queue", async () => {
  const { snapshots, asked, heard, moments } = byHand(8);
  snapshots.put(0, FILE);
  snapshots.want(0);
  assert.deepEqual(moments(), [1, 2, 3]);
  snapshots.want(6);
  asked[0].answer();
  await settled();
  assert.deepEqual(moments(), [1, 2, 3, 6]);
  assert.ok(snapshots.at(1));
  assert.equal(snapshots.at(6), undefined);
  for (let next = 1; next < asked.length; next++) {
    asked[next].answer();
    await settled();
  }
  assert.deepEqual(moments(), [1, 2, 3, 6, 7, 5, 4]);
  assert.equal(heard.count, 7);
});

test("a pause lets no further request go", async () => {
  const { snapshots, asked, moments } = byHand(8);
  snapshots.want(0);
  snapshots.pause();
  asked[0].answer();
  await settled();
  assert.deepEqual(moments(), [0, 1, 2]);
  snapshots.want(0);
  assert.deepEqual(moments(), [0, 1, 2, 3]);
});

test("one that could not be had is left out until it is wanted again, and keeps no other from coming", async () => {
  const { snapshots, asked, heard, moments } = byHand(5);
  snapshots.want(0);
  snapshots.want(4);
  asked[1].fail();
  await settled();
  assert.deepEqual(moments(), [0, 1, 2, 4]);
  assert.ok(snapshots.hasFailed(1));
  assert.equal(heard.count, 1);
  asked[0].answer();
  asked[2].answer();
  await settled();
  assert.deepEqual(moments(), [0, 1, 2, 4, 3]);
  assert.ok(snapshots.hasFailed(1));
  snapshots.want(1);
  assert.ok(!snapshots.hasFailed(1));
  assert.deepEqual(moments(), [0, 1, 2, 4, 3, 1]);
});

const moment = (images, accuracy, loss) => ({ images, epoch: 1, loss, accuracy, favourite: ")", share: 0.7 });
const INDEX = {
  moments: [moment(256, 0.04, 3), moment(2560, 0.6, 1.5), moment(13_068_800, 0.995, 0.06)],
  epochs: 50, heldOut: 3000,
};
INDEX.moments[2].epoch = 50;

test("the curves reach from moment to moment, high values above", () => {
  assert.equal(lineThrough([0, 0.25, 1]), "M0,1.0000L1,0.7500L2,0.0000");
  const { accuracies, losses } = heightsOf(INDEX.moments);
  assert.deepEqual(accuracies, [0.04, 0.6, 0.995]);
  assert.deepEqual(losses, [1, 0.5, 0.02]);
});

test("ticks stand where the logarithm of the images lies between two moments", () => {
  const ticks = ticksOf(INDEX.moments);
  assert.deepEqual(ticks.map(({ images }) => images), [1e3, 1e4, 1e5, 1e6, 1e7]);
  assert.ok(Math.abs(ticks[0].at - Math.log10(1000 / 256) / 2) < 1e-9);
  assert.ok(ticks.every(({ at }, one) => at > 0 && at < 1 && (one === 0 || at > ticks[one - 1].at)));
});

test("counts are written so that they can be read", () => {
  assert.equal(countOf(256, "en"), "256");
  assert.equal(countOf(15_616, "en"), "15,616");
  assert.equal(countOf(13_068_800, "en"), "13 million");
});

test("a moment and its answer are sentences", () => {
  assert.equal(textOfMoment(INDEX, 0, ENGLISH), "After 256 images, epoch 1 of 50");
  assert.equal(textOfMoment(INDEX, 2, ENGLISH), "After 13 million images, the end of epoch 50");
  assert.equal(textOfAnswer("8", 0.974, ENGLISH), "It calls this an 8, 97 % sure.");
  assert.equal(textOfAnswer(")", 0.06, ENGLISH), "It calls this a closing bracket, 6 % sure.");
  assert.equal(textOfAnswer("none", 0.5, ENGLISH), "It calls this no digit, 50 % sure.");
});

test("of a network that knows nothing it is told what it calls everything", () => {
  assert.match(remarkOn(INDEX, 0, ENGLISH), /calls 70 % of all digits a closing bracket/);
  assert.match(remarkOn(INDEX, 1, ENGLISH), /3,000 digits .* reads 60\.0 % right/);
  assert.match(remarkOn(INDEX, 2, ENGLISH), /99\.5 % right\. This is the LeNet that the page serves/);
});
