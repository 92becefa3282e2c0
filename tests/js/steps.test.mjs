import assert from "node:assert/strict";
import { test } from "node:test";

import { Drawing } from "../../lenet/ui/scripts/drawing.js";
import { withSource } from "../../lenet/ui/scripts/source.js";
import { marksOf } from "../../lenet/ui/scripts/steps_marks.js";
import { isSame, subjectOf } from "../../lenet/ui/scripts/steps_subject.js";

const ANSWER = { source: { example: "one.jpg" }, digits: [{}, {}] };

test("steps are of a piece that there is, of an answer that more can be asked about", () => {
  assert.deepEqual(subjectOf(ANSWER, 1), { answer: ANSWER, piece: 1 });
  assert.equal(subjectOf(ANSWER, 2), null);
  assert.equal(subjectOf(ANSWER, -1), null);
  assert.equal(subjectOf({ digits: [{}] }, 0), null);
  assert.equal(subjectOf({ error: "no" }, 0), null);
  assert.equal(subjectOf(null, 0), null);
});

test("the same piece of an answer to something else is another subject", () => {
  assert.ok(isSame(subjectOf(ANSWER, 0), subjectOf(ANSWER, 0)));
  assert.ok(isSame(null, null));
  assert.ok(!isSame(subjectOf(ANSWER, 0), subjectOf(ANSWER, 1)));
  assert.ok(isSame(subjectOf(ANSWER, 0), subjectOf({ ...ANSWER, text: "7" }, 0))); // read by another hand
  assert.ok(!isSame(subjectOf(ANSWER, 0), subjectOf({ ...ANSWER, source: { ...ANSWER.source } }, 0)));
  assert.ok(!isSame(subjectOf(ANSWER, 0), null));
});

test("an answer knows what it answers; none stays none", async () => {
  assert.deepEqual(await withSource({ example: "a" }, Promise.resolve({ text: "7" })), {
    text: "7", source: { example: "a" },
  });
  assert.equal(await withSource({ example: "a" }, Promise.resolve(undefined)), undefined);
});

test("later points do not change a copy of a drawing", () => {
  const drawing = new Drawing();
  drawing.begin([0, 0]);
  const copy = drawing.copy();
  drawing.extend([9, 9], 1);
  drawing.begin([5, 5]);
  assert.deepEqual(copy, [[[0, 0]]]);
});

test("marks are paths in the units of the view", () => {
  const step = { view: [100, 50], box: [1, 2, 3, 4], mass: [50, 25] };
  assert.deepEqual(marksOf(step), { box: "M1,2h3v4h-3z", mass: "M44.5,25h11M50,19.5v11" });
  assert.deepEqual(marksOf({ view: [28, 28] }), {});
});
