import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { describePiece, shortLabelOf } from "../../lenet/ui/scripts/piece_texts.js";
import { milliseconds, percent, textsOf } from "../../lenet/ui/scripts/texts.js";

const ENGLISH = textsOf(JSON.parse(readFileSync(new URL("../../lenet/ui/texts/en.json", import.meta.url), "utf-8")));
const NAMES = [..."0123456789"];

function piece(shares, status = "ok") {
  const probabilities = NAMES.map((name) => shares[name] ?? 0);
  return { digit: probabilities.indexOf(Math.max(...probabilities)), status, probabilities, box: [0, 0, 1, 1], image: "" };
}

test("placeholders are filled by name", () => {
  const texts = textsOf({ language: "en", greeting: "{name} and {name}, {count} of you" });
  assert.equal(texts("greeting", { name: "Ann", count: 2 }), "Ann and Ann, 2 of you");
});

test("values are not read as placeholders or patterns", () => {
  const texts = textsOf({ language: "en", file: "{name} of {total}" });
  assert.equal(texts("file", { name: "{total}$&", total: 3 }), "{total}$& of 3");
});

test("a missing key or value is an error that names it", () => {
  const texts = textsOf({ language: "en", file: "{name}" });
  assert.throws(() => texts("fils"), /got fils/);
  assert.throws(() => texts("file"), /value for name/);
});

test("forms follow the language's plural rules, exact numbers first", () => {
  const forms = { "=0": "none", one: "{count} one", few: "{count} few", many: "{count} many", other: "{count} other" };
  const english = textsOf({ language: "en", photos: forms });
  assert.deepEqual([0, 1, 2].map((count) => english("photos", { count })), ["none", "1 one", "2 other"]);
  const polish = textsOf({ language: "pl", photos: forms });
  assert.deepEqual([1, 3, 5].map((count) => polish("photos", { count })), ["1 one", "3 few", "5 many"]);
});

test("a form that is missing is replaced by other", () => {
  const texts = textsOf({ language: "en", photos: { other: "{count} photos" } });
  assert.equal(texts("photos", { count: 1 }), "1 photos");
});

test("shares and times are rounded as they are read", () => {
  assert.equal(percent(0.996, ENGLISH), "100 %");
  assert.equal(milliseconds(0.25, ENGLISH), "0.3 ms");
  assert.equal(milliseconds(9, ENGLISH), "9.0 ms");
  assert.equal(milliseconds(1234.4, ENGLISH), "1234 ms");
  assert.equal(milliseconds(undefined, ENGLISH), "–");
});

test("numbers are written as the language writes them", () => {
  const german = textsOf({ language: "de", "answer.milliseconds": "{milliseconds} ms" });
  assert.equal(milliseconds(1.5, german), "1,5 ms");
});

test("a piece is described with what else it may be", () => {
  const sure = piece({ 2: 1 });
  const unsure = piece({ 2: 0.8, 7: 0.12, 3: 0.04, 1: 0.005 });
  const pieces = [sure, unsure, piece({ 4: 0.1 }, "not_a_digit")];
  assert.deepEqual(pieces.map((_, number) => describePiece(pieces, number, NAMES, ENGLISH)), [
    "Piece 1 of 3: 2",
    "Piece 2 of 3: 2, else 7 (12 %) or 3 (4 %)",
    "Piece 3 of 3: not a digit",
  ]);
});

test("no digit is one of the alternatives", () => {
  assert.equal(describePiece([piece({ 2: 0.7 })], 0, NAMES, ENGLISH), "Piece 1 of 1: 2, else no digit (30 %)");
});

test("what an output means comes from the names", () => {
  assert.match(describePiece([piece({ 0: 0.9, 1: 0.1 })], 0, ["+", "-"], ENGLISH), /: \+, else - \(10 %\)/);
});

test("a box shows the digit, with a question mark where it is unsure, and nothing where there is none", () => {
  const labels = ["ok", "unsure", "not_a_digit"].map((status) => shortLabelOf(piece({ 7: 1 }, status), ENGLISH));
  assert.deepEqual(labels, ["7", "7?", ""]);
});
