import assert from "node:assert/strict";
import { test } from "node:test";

import { hashOf, parsedHash } from "../../lenet/ui/scripts/hash.js";
import { densified, simplified } from "../../lenet/ui/scripts/polyline.js";
import { LONGEST, decoded, encoded } from "../../lenet/ui/scripts/stroke_code.js";

const PIXEL = 1 / 460; // of the pad's side

/** A stroke of so many points on a wavy line that runs round the pad. */
const wavy = (count, waves = 3) => Array.from({ length: count }, (_, i) => {
  const turn = (2 * Math.PI * i) / count;
  const radius = 0.3 + 0.1 * Math.sin(waves * turn);
  return [0.5 + radius * Math.cos(turn), 0.5 + radius * Math.sin(turn)];
});

const SEVEN = [[[0.27, 0.22], [0.42, 0.2], [0.72, 0.18], [0.63, 0.36], [0.45, 0.86]], [[0.38, 0.52], [0.67, 0.49]]];

const distance = ([x1, y1], [x2, y2]) => Math.hypot(x2 - x1, y2 - y1);
const farthest = (one, other) => Math.max(...one.map((point) => Math.min(...other.map((to) => distance(point, to)))));
/** How far two lines are from each other at most, both ways. */
const apart = (one, other) => {
  const [dense, denseOther] = [densified(one, 0.004), densified(other, 0.004)];
  return Math.max(farthest(dense, denseOther), farthest(denseOther, dense));
};

// --- Lines -------------------------------------------------------------------

test("a simplified line stays within the tolerance, and has fewer points", () => {
  const line = wavy(400);
  const fewer = simplified(line, 0.002);
  assert.ok(fewer.length < 100);
  assert.ok(apart(line, fewer) < 0.0045); // with half a step of `densified`
});

test("ends and corners are kept", () => {
  const corner = [[0, 0], [0.1, 0], [0.2, 0], [0.2, 0.1], [0.2, 0.2]];
  assert.deepEqual(simplified(corner, 0.001), [[0, 0], [0.2, 0], [0.2, 0.2]]);
  assert.deepEqual(simplified([[1, 1]], 0.001), [[1, 1]]);
});

test("a line that returns to its start is not lost", () => {
  assert.equal(simplified([[0, 0], [0.5, 0], [0, 0]], 0.001).length, 3);
});

test("a densified line has the same corners and no long step", () => {
  const dense = densified([[0, 0], [1, 0], [1, 0.005]], 0.01);
  assert.deepEqual([dense[0], dense.at(-2), dense.at(-1)], [[0, 0], [1, 0], [1, 0.005]]);
  for (let i = 1; i < dense.length; i += 1) assert.ok(distance(dense[i - 1], dense[i]) <= 0.01 + 1e-9);
});

// --- Drawings ----------------------------------------------------------------

for (const [name, drawing] of Object.entries({
  "a seven": SEVEN,
  "a dot": [[[0.5, 0.5]]],
  "a curve of many points": [wavy(900)],
  "ten strokes": Array.from({ length: 10 }, (_, i) => wavy(60, i)),
  "what reaches beyond the pad": [[[-0.2, 0.3], [3.7, 0.9]]],
})) {
  test(`${name} comes back within a pixel, stroke by stroke`, () => {
    const back = decoded(encoded(drawing));
    assert.equal(back.length, drawing.length);
    back.forEach((stroke, i) => assert.ok(apart(stroke, drawing[i]) < 1.5 * PIXEL + 0.002));
  });
}

test("nothing drawn is nothing written", () => {
  assert.equal(encoded([]), "");
});

test("a digit is short, and a drawing that is too long is not written", () => {
  assert.ok(encoded([wavy(300)]).length < 200);
  assert.equal(encoded(Array.from({ length: 60 }, () => wavy(300, 9))), null);
  assert.equal(encoded([[[1e9, 0]]]), null);
  assert.equal(encoded([wavy(60_000)]), null);
  const longest = Array.from({ length: 15 }, (_, i) => wavy(200, i)).map((_, i, all) => encoded(all.slice(0, i + 1)));
  for (const text of longest) assert.ok(text === null || text.length <= LONGEST);
});

test("it needs no escapes in an address", () => {
  assert.match(encoded([wavy(300), ...SEVEN]), /^[\w-]+$/);
});

test("whatever is damaged is no drawing", () => {
  const text = encoded(SEVEN);
  for (let i = 0; i < text.length; i += 1) {
    for (const other of "A_z9-") {
      const changed = text.slice(0, i) + other + text.slice(i + 1);
      if (changed !== text) assert.equal(decoded(changed), null, changed);
    }
    assert.equal(decoded(text.slice(0, i)), null);
    assert.equal(decoded(text.slice(0, i) + text.slice(i + 1)), null);
  }
  for (const end of [".", ")", "A", "AA", "%20", "=", "…"]) assert.equal(decoded(text + end), null);
});

test("each drawing is written in one way only", () => {
  for (const drawing of [SEVEN, SEVEN.slice(1), [[[0.5, 0.5]]], [[[0.5, 0.5]], [[0.1, 0.1]]]]) {
    const text = encoded(drawing);
    for (const last of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
      if (last !== text.at(-1)) assert.equal(decoded(text.slice(0, -1) + last), null);
    }
  }
});

test("what never was a drawing is none", () => {
  for (const text of ["", "1", "1AA", "2AAAA", "1AAAA", "__proto__", "1%", "null", "1💥", "1".repeat(1999)]) {
    assert.equal(decoded(text), null, text);
  }
});

/** As `encoded` writes bytes, so that hostile ones pass the checksum. */
function written(bytes) {
  const sum = bytes.reduce((before, byte) => (before * 257 + byte + 1) % 65_521, 1);
  const text = btoa(String.fromCharCode(...bytes, sum >> 8, sum & 255));
  return `1${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

test("bytes that pass the checksum and mean nothing are no drawing", () => {
  for (const bytes of [
    [0], [1], [1, 2], [2, 1, 1], [127, 0, 0], [255, 255, 127, 0, 0], [1, 128, 128, 128, 0],
    [1, 255, 255, 127, 0], [1, 0, 0, 0], [128], [128, 128, 128], [128, 128, 128, 128, 0],
  ]) assert.equal(decoded(written(bytes)), null, String(bytes));
});

test("the work for a hostile text is bounded", () => {
  const far = [254, 255, 1, 254, 255, 1, 253, 255, 1, 253, 255, 1]; // 32 sides there and back
  const points = Array.from({ length: 120 }, () => far).flat();
  const drawing = decoded(written([240, 1, ...points]));
  assert.ok(drawing.flat().length > 1000);
  assert.ok(drawing.flat().length <= 10_500);
  assert.equal(decoded(`1${"A".repeat(1e6)}`), null);
});

// --- The whole address -------------------------------------------------------

const WHERE = {
  drawing: "1Ab-_", piece: "2", tab: "photo", moment: "3",
  inside: { layer: "c3", map: "7", level: "2", digits: ["7", "/"] },
};

test("what an address says comes back", () => {
  assert.deepEqual(parsedHash(hashOf(WHERE)), WHERE);
  assert.equal(hashOf(WHERE), "#drawing=1Ab-_&piece=2&tab=photo&moment=3&layer=c3&map=7&level=2&digits=7,%2F");
});

test("what is empty is left out", () => {
  const nothing = { drawing: "", piece: "", tab: "", moment: "", inside: {} };
  assert.equal(hashOf(nothing), "");
  assert.equal(hashOf({ ...nothing, inside: null }), "");
  assert.equal(hashOf({ ...nothing, piece: "0", inside: { digits: null, row: 0 } }), "#piece=0&row=0");
  assert.deepEqual(parsedHash(""), nothing);
});

test("a drawing beyond the limit is there, and is damaged", () => {
  const { drawing } = parsedHash(`#drawing=1${"A".repeat(4000)}`);
  assert.notEqual(drawing, "");
  assert.equal(decoded(drawing), null);
});

test("any address can be asked", () => {
  for (const hash of [
    "#", "#top", "#=", "#&&&", "#drawing", "#drawing=", "#a=%E0%A4%A", "#__proto__=1", "#constructor=1",
    `#${"a=1&".repeat(900)}`, `#drawing=${"1".repeat(1e6)}`, "#DRAWING=1", "#drawing=1,2",
  ]) {
    const where = parsedHash(hash);
    assert.equal(typeof where.drawing, "string");
    assert.ok(Object.keys(where.inside).length <= 24);
  }
});
