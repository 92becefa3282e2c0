import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { describePiece, shortLabelOf, signToShow } from "../../lenet/ui/scripts/piece_texts.js";
import { milliseconds, percent, textsOf } from "../../lenet/ui/scripts/texts.js";

const ENGLISH = textsOf(JSON.parse(readFileSync(new URL("../../lenet/ui/texts/en.json", import.meta.url), "utf-8")));
const SYMBOLS = [..."0123456789/+=()$#%x"];

/** A piece that reads the likeliest symbol, if not another text. */
function piece(shares, status = "ok", text = undefined) {
  const probabilities = Object.fromEntries(SYMBOLS.map((symbol) => [symbol, shares[symbol] ?? 0]));
  const likeliest = SYMBOLS.reduce((one, other) => (probabilities[other] > probabilities[one] ? other : one));
  const read = text ?? (status === "not_a_digit" ? "" : likeliest);
  return { text: read, digit: /^[0-9]$/.test(likeliest) ? Number(likeliest) : null, status, probabilities, box: [0, 0, 1, 1], image: "" };
}

const described = (...pieces) => pieces.map((_, number) => describePiece(pieces, number, ENGLISH));

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
  assert.deepEqual(described(sure, unsure, piece({ 4: 0.1 }, "not_a_digit")), [
    "Piece 1 of 3: 2",
    "Piece 2 of 3: 2, else 7 (12 %) or 3 (4 %)",
    "Piece 3 of 3: not a digit",
  ]);
});

test("no digit is one of the alternatives", () => {
  assert.deepEqual(described(piece({ 2: 0.7 })), ["Piece 1 of 1: 2, else no digit (30 %)"]);
});

test("signs are called by their names", () => {
  assert.deepEqual(described(piece({ "/": 0.8, 1: 0.2 }), piece({ 1: 0.9, "(": 0.1 }), piece({ x: 0.7 })), [
    "Piece 1 of 3: a slash, else 1 (20 %)",
    "Piece 2 of 3: 1, else an opening bracket (10 %)",
    "Piece 3 of 3: a times sign, else no sign (30 %)",
  ]);
});

test("where a sign is named, one alternative is enough", () => {
  assert.deepEqual(described(piece({ 1: 0.7, "/": 0.2, 7: 0.1 })), ["Piece 1 of 1: 1, else a slash (20 %)"]);
  assert.deepEqual(described(piece({ 1: 0.7, 7: 0.2, "/": 0.1 })), ["Piece 1 of 1: 1, else 7 (20 %)"]);
});

test("what its place tells has no alternatives", () => {
  assert.deepEqual(described(piece({ 1: 0.2, x: 0.3 }, "ok", ".")), ["Piece 1 of 1: a point"]);
});

test("a sign has a bar where the piece is one or may be one", () => {
  assert.equal(signToShow(piece({ 1: 0.6, "/": 0.3, "(": 0.1 })), "/");
  assert.equal(signToShow(piece({ 1: 0.999, "/": 0.001 })), "");
  assert.equal(signToShow(piece({ 1: 0.7, "(": 0.2, "/": 0.1 }, "unsure", "/")), "/");
});

test("a box shows the text, with a question mark where it is unsure, and nothing where it is left out", () => {
  const labels = ["ok", "unsure", "not_a_digit"].map((status) => shortLabelOf(piece({ 7: 1 }, status), ENGLISH));
  assert.deepEqual(labels, ["7", "7?", ""]);
  assert.equal(shortLabelOf(piece({ "/": 1 }, "unsure"), ENGLISH), "/?");
});
