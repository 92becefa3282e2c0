import assert from "node:assert/strict";
import { test } from "node:test";

import { Drawing } from "../../lenet/ui/scripts/drawing.js";

function drawn(...strokes) {
  const drawing = new Drawing();
  for (const [first, ...rest] of strokes) {
    drawing.begin(first);
    for (const point of rest) drawing.extend(point, 0);
  }
  return drawing;
}

const ONE = [[0, 0], [0, 10]];
const TWO = [[5, 5], [9, 9]];

test("points nearer than the limit are left out", () => {
  const drawing = drawn([[0, 0]]);
  assert.equal(drawing.extend([0.4, 0], 0.5), false);
  assert.equal(drawing.extend([0.5, 0], 0.5), true);
  assert.deepEqual(drawing.strokes, [[[0, 0], [0.5, 0]]]);
});

test("nothing is extended before a stroke begins", () => {
  assert.equal(new Drawing().extend([0, 0], 0), false);
});

test("a stroke within the radius becomes a dot, a longer one stays", () => {
  const trembling = drawn([[10, 10], [11, 10], [10, 12]]);
  assert.equal(trembling.settleDot(2), true);
  assert.deepEqual(trembling.strokes, [[[10, 10]]]);
  const line = drawn(ONE);
  assert.equal(line.settleDot(2), false);
  assert.deepEqual(line.strokes, [ONE]);
});

test("undo takes away the last stroke", () => {
  const drawing = drawn(ONE, TWO);
  drawing.undo();
  assert.deepEqual(drawing.strokes, [ONE]);
  drawing.undo();
  assert.equal(drawing.isEmpty, true);
  assert.equal(drawing.canUndo, false);
});

test("undo brings back what was cleared, once", () => {
  const drawing = drawn(ONE, TWO);
  drawing.clear();
  assert.equal(drawing.isEmpty, true);
  assert.equal(drawing.canUndo, true);
  drawing.undo();
  assert.deepEqual(drawing.strokes, [ONE, TWO]);
  drawing.undo();
  drawing.undo();
  assert.equal(drawing.canUndo, false);
});

test("undo brings back the visitor's drawing, not the examples after it", () => {
  const drawing = drawn(ONE);
  drawing.clear();
  drawing.isExample = true;
  drawing.begin([1, 1]);
  drawing.clear();
  drawing.undo();
  assert.deepEqual(drawing.strokes, [ONE]);
});

test("redo brings back what undo took away, until something is drawn", () => {
  const drawing = drawn(ONE, TWO);
  drawing.undo();
  drawing.undo();
  drawing.redo();
  assert.deepEqual(drawing.strokes, [ONE]);
  drawing.redo();
  assert.deepEqual(drawing.strokes, [ONE, TWO]);
  assert.equal(drawing.canRedo, false);
  drawing.undo();
  drawing.begin([7, 7]);
  assert.equal(drawing.canRedo, false);
});

test("redo clears again what undo brought back", () => {
  const drawing = drawn(ONE);
  drawing.clear();
  drawing.undo();
  drawing.redo();
  assert.equal(drawing.isEmpty, true);
  drawing.undo();
  assert.deepEqual(drawing.strokes, [ONE]);
});

test("scaling also scales what redo brings back", () => {
  const drawing = drawn(ONE);
  drawing.undo();
  drawing.scale(2);
  drawing.redo();
  assert.deepEqual(drawing.strokes, [[[0, 0], [0, 20]]]);
});

test("scaling also scales what undo brings back", () => {
  const drawing = drawn(ONE);
  drawing.clear();
  drawing.begin([2, 4]);
  drawing.scale(0.5);
  assert.deepEqual(drawing.strokes, [[[1, 2]]]);
  drawing.undo();
  drawing.undo();
  assert.deepEqual(drawing.strokes, [[[0, 0], [0, 5]]]);
});

test("a drawing is full before the server would refuse it, until a stroke is taken away", () => {
  const strokes = drawn(...Array.from({ length: 990 }, () => ONE));
  assert.equal(strokes.isFull, true);
  strokes.undo();
  assert.equal(strokes.isFull, false);
  const points = drawn(Array.from({ length: 9_900 }, (_, i) => [i, 0]));
  assert.equal(points.isFull, true);
  points.clear();
  assert.equal(points.isFull, false);
});

test("points taken from a settled dot no longer count", () => {
  const drawing = drawn(Array.from({ length: 9_900 }, () => [0, 0]));
  assert.equal(drawing.isFull, true);
  drawing.settleDot(1);
  assert.equal(drawing.isFull, false);
});
