import assert from "node:assert/strict";
import { test } from "node:test";

import { packed, unpacked } from "../../lenet/ui/scripts/keepsake.js";

test("a drawing is the same on a pad of another size", () => {
  const text = packed({ strokes: [[[0, 460], [115, 230]]], isExample: true, hash: "#a" }, 460);
  assert.deepEqual(unpacked(text, 300), { strokes: [[[0, 300], [75, 150]]], isExample: true, hash: "#a" });
});

test("points stay within a hundredth of a pixel", () => {
  const stroke = [[1 / 3, 2 / 7], [99.99, 0.01]];
  const [back] = unpacked(packed({ strokes: [stroke], isExample: false }, 358), 358).strokes;
  back.flat().forEach((value, i) => assert.ok(Math.abs(value - stroke.flat()[i]) < 0.01));
});

test("nothing kept is another thing than an empty pad", () => {
  assert.equal(unpacked(null, 460), null);
  assert.deepEqual(unpacked(packed({ strokes: [], isExample: false }, 460), 460).strokes, []);
});
