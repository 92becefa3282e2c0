import assert from "node:assert/strict";
import { test } from "node:test";

import { pieceToShow } from "../../lenet/ui/scripts/choice.js";

const ANSWER = { digits: [{ box: [0, 0, 10, 10] }, { box: [20, 0, 10, 10] }, { box: [40, 0, 10, 10] }], doubtful: 1 };
const RESTING = { pointedAt: null, newest: [45, 5], isPenDown: false };

test("while the pen moves its piece is shown, when it rests the least sure one", () => {
  assert.equal(pieceToShow(ANSWER, { ...RESTING, isPenDown: true }), 2);
  assert.equal(pieceToShow(ANSWER, RESTING), 1);
  assert.equal(pieceToShow({ ...ANSWER, doubtful: null }, RESTING), 2);
});

test("what the mouse points at stays shown", () => {
  assert.equal(pieceToShow(ANSWER, { ...RESTING, pointedAt: [5, 5] }), 0);
  assert.equal(pieceToShow(ANSWER, { ...RESTING, pointedAt: [15, 5] }), 1);
});

test("no ink has no piece", () => {
  const nothing = { digits: [], doubtful: null };
  assert.equal(pieceToShow(nothing, { ...RESTING, newest: undefined }), undefined);
  assert.equal(pieceToShow(nothing, RESTING), undefined);
});
