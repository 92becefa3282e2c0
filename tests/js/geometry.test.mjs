import assert from "node:assert/strict";
import { test } from "node:test";

import {
  areAlike, boxOfDigitBeside, distance, distanceToBox, nearestBox, rightEdge, scaledBox, scaledStrokes,
} from "../../lenet/ui/scripts/geometry.js";
import { eased, penWidth, roomyZoom } from "../../lenet/ui/scripts/view.js";

const BOX = [10, 20, 30, 40];

test("distances are Euclidean", () => {
  assert.equal(distance([1, 2], [4, 6]), 5);
});

test("the distance to a box is 0 within it, else to its nearest edge or corner", () => {
  assert.equal(distanceToBox([10, 60], BOX), 0);
  assert.equal(distanceToBox([25, 15], BOX), 5);
  assert.equal(distanceToBox([45, 30], BOX), 5);
  assert.equal(distanceToBox([7, 16], BOX), 5);
  assert.equal(distanceToBox([43, 64], BOX), 5);
});

test("the nearest box is found", () => {
  assert.equal(nearestBox([100, 0], [BOX, [90, 0, 5, 5], [200, 0, 5, 5]]), 1);
});

test("the right edge is that of all strokes", () => {
  assert.equal(rightEdge([[[1, 9], [7, 0]], [[3, 3]]]), 7);
  assert.equal(rightEdge([]), 0);
});

test("strokes and boxes scale alike", () => {
  assert.deepEqual(scaledStrokes([[[1, 2], [3, 4]]], 2), [[[2, 4], [6, 8]]]);
  assert.deepEqual(scaledBox(BOX, 0.1), [1, 2, 3, 4]);
});

test("the pen of one digit depends on the pad, that of several on the tallest", () => {
  assert.equal(penWidth([BOX], 500, 1), 21);
  assert.equal(penWidth([BOX, [50, 20, 30, 100]], 500, 1), 12);
  assert.equal(penWidth([BOX, [50, 20, 30, 400]], 500, 1), 21);
});

test("the pen is never too thin to be seen, however far away the paper is", () => {
  assert.equal(penWidth([BOX, BOX], 100, 1), 4.2);
  assert.equal(penWidth([[0, 0, 1, 1], [2, 0, 1, 1]], 100, 1), 2.5);
  assert.equal(penWidth([[0, 0, 1, 1], [2, 0, 1, 1]], 100, 0.5), 5);
});

test("the view steps back until there is room at the right, and no farther", () => {
  assert.equal(roomyZoom(400, 500), 1);
  for (const right of [440, 700, 3000]) {
    const zoom = roomyZoom(right, 500);
    assert.ok(right * zoom <= 0.86 * 500);
    assert.ok((right * zoom) / 0.72 > 0.86 * 500);
  }
});

test("easing goes from the start to the end and slows down", () => {
  assert.equal(eased(1, 0.5, 0), 1);
  assert.equal(eased(1, 0.5, 1), 0.5);
  assert.ok(eased(0, 1, 0.5) > 0.8);
});

test("a sign goes with a digit beside it", () => {
  const piece = (digit, height) => ({ digit, box: [0, 0, 1, height] });
  const heights = (...pieces) => pieces.map((_, number) => boxOfDigitBeside(pieces, number)[3]);
  assert.deepEqual(heights(piece(null, 1), piece(7, 20), piece(null, 2), piece(3, 18)), [20, 20, 20, 18]);
  assert.deepEqual(heights(piece(null, 1), piece(null, 2)), [1, 2]);
  const lines = [{ digit: 3, box: [90, 0, 9, 20] }, { digit: null, box: [0, 60, 9, 1] }, { digit: 7, box: [20, 50, 9, 30] }];
  assert.equal(boxOfDigitBeside(lines, 1), lines[2].box);
});

test("drawings are alike up to rounding", () => {
  const drawing = [[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.5]]];
  assert.ok(areAlike(drawing, scaledStrokes(scaledStrokes(drawing, 358), 1 / 358)));
  assert.ok(areAlike([], []));
  for (const other of [[], drawing.slice(1), [drawing[0], [[0.5, 0.5], [0.5, 0.5]]], [drawing[0], [[0.5, 0.501]]]]) {
    assert.ok(!areAlike(drawing, other));
  }
});
