import assert from "node:assert/strict";
import { test } from "node:test";

import { timeline } from "../../lenet/ui/scripts/replay.js";

const DRAWING = [[[0, 0], [0, 0.85], [0.85, 0.85]], [[0.5, 0.5]], [[0, 0], [0.34, 0]]];

test("the points come in order, with the starts and ends of their strokes", () => {
  const moments = timeline(DRAWING);
  assert.deepEqual(moments.map(({ point }) => point), DRAWING.flat());
  assert.deepEqual(moments.map(({ starts }) => starts), [true, false, false, true, true, false]);
  assert.deepEqual(moments.map(({ ends }) => ends), [false, false, true, true, false, true]);
});

test("the hand moves evenly and lifts between strokes", () => {
  const times = timeline(DRAWING).map(({ time }) => Number(time.toFixed(9)));
  assert.deepEqual(times, [0, 0.5, 1, 1.18, 1.36, 1.56]);
});
