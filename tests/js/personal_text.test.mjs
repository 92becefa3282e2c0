import assert from "node:assert/strict";
import { test } from "node:test";

import { composed } from "../../lenet/ui/scripts/personal_text.js";

/** A piece of a height of 20; what the server read, and what is read now. */
const piece = (text, left, top = 0) => ({ text, status: text ? "ok" : "not_a_digit", box: [left, top, 10, 20], probabilities: {}, digit: null, image: "" });

/** The text of pieces, of which the server has read `before` and now `after` is read; `_` is left out. */
function textOf(before, after, places, layout) {
  const read = (symbols) => [...symbols].map((symbol, at) => piece(symbol.replace("_", ""), ...[places[at]].flat()));
  return composed({ digits: read(before), layout }, read(after)).text;
}

test("a digit that comes back stands in its number, or apart where there is a gap", () => {
  assert.equal(textOf("2_4", "274", [0, 12, 24], [0, 1, 2]), "274");
  assert.equal(textOf("2_4", "274", [0, 12, 80], [0, " ", 1, 2]), "27 4");
  assert.equal(textOf("2_4", "274", [0, 68, 80], [0, " ", 1, 2]), "2 74");
  assert.equal(textOf("2_", "27", [0, 50], [0, 1]), "2 7");
});

test("a digit that comes back stands on its line", () => {
  const places = [[0, 0], [12, 2], [0, 60], [12, 60]];
  assert.equal(textOf("1_34", "1234", places, [0, "\n", 1, 2, 3]), "12\n34");
  assert.equal(textOf("12_4", "1234", places, [0, 1, "\n", 2, 3]), "12\n34");
  assert.equal(textOf("12__", "1234", places, [0, 1, 2, 3]), "12\n34");
  assert.equal(textOf("__34", "1234", places, [0, 1, 2, 3]), "12\n34");
});

test("what is left out takes no space nor line with it", () => {
  const places = [0, 50, 100].map((left) => [left, 0]);
  assert.equal(textOf("1 2 3".replaceAll(" ", ""), "1_3", places, [0, " ", 1, " ", 2]), "1 3");
  assert.equal(textOf("123", "__3", places, [0, " ", 1, "\n", 2]), "3");
  assert.equal(textOf("123", "1__", places, [0, " ", 1, "\n", 2]), "1");
  assert.equal(textOf("123", "1_3", places, [0, 1, "\n", 2]), "1\n3");
  assert.equal(textOf("123", "___", places, [0, 1, "\n", 2]), "");
});

test("a sign beside no digit reads nothing", () => {
  assert.equal(textOf("1/2", "_/_", [0, 12, 24], [0, 1, 2]), "");
  assert.equal(textOf("1/2", "_/2", [0, 12, 24], [0, 1, 2]), "/2");
  assert.equal(textOf("12-,", "12-,", [0, 12, 24, 36], [0, 1, 2, 3]), "12-,");
  assert.equal(textOf("1_x", "1_x", [0, 12, 24], [0, 1, 2]), "1");
  assert.equal(textOf("1/2", "1/_", [0, 12, [0, 60]], [0, 1, "\n", 2]), "1/");
});
