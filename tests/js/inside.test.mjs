import assert from "node:assert/strict";
import { test } from "node:test";

import { START, afterKey, moved, placeSeeing, slid, toLayer } from "../../lenet/ui/scripts/inside_state.js";
import { LAYERS, layerOf, parametersOf } from "../../lenet/ui/scripts/layers.js";
import { forward, networkOf } from "../../lenet/ui/scripts/lenet.js";
import { ABOVE, BELOW, cellAt, cornerOf, gridOf, paintOnInk, paintSigned } from "../../lenet/ui/scripts/map_grid.js";
import { layoutOfAll } from "../../lenet/ui/scripts/map_layouts.js";
import { digitOf, featuresOf, labelOf, nearest } from "../../lenet/ui/scripts/neighbours.js";
import { sourcesOf, sumAt } from "../../lenet/ui/scripts/weighted_sums.js";

/** Weights of a network with 19 outputs, neither equal nor large. */
const NUMBERS = Float32Array.from({ length: 62_471 }, (_, at) => Math.sin(at * 12.9898) / 5);
const NETWORK = networkOf(NUMBERS);
const IMAGE = Float32Array.from({ length: 784 }, (_, at) => (at % 5 === 0 ? (at % 7) / 7 : 0));
const PLAIN = forward(NETWORK, IMAGE);
const OUTPUTS = { ...PLAIN, output: Float32Array.of(...PLAIN.output, 0) };

test("all weights are used, and as many as the layers say", () => {
  const used = Object.values(NETWORK).reduce((sum, { weights, biases }) => sum + weights.length + biases.length, 0);
  assert.equal(used, NUMBERS.length);
  assert.equal(LAYERS.reduce((sum, layer) => sum + parametersOf(layer), 0), NUMBERS.length);
});

test("the sum of every kind of layer is the value that the forward pass found", () => {
  for (const { name, maps, side, source } of LAYERS) {
    if (!source) continue;
    for (const [map, row, column] of [[0, 0, 0], [maps - 1, side - 1, side - 1], [maps >> 1, side >> 1, side >> 2]]) {
      const { value, parts } = sumAt(NETWORK, OUTPUTS, { layer: name, map, row, column });
      assert.ok(Math.abs(value - OUTPUTS[name][(map * side + row) * side + column]) < 1e-4, `${name} ${map}`);
      assert.equal(parts.length, sourcesOf({ layer: name, map }).length);
    }
  }
});

test("what is wanted of a state is brought into range, and what makes no sense left out", () => {
  assert.deepEqual(moved(START, { layer: "nonsense", map: "x", row: NaN, level: {}, digits: "71" }), START);
  const far = moved(START, { layer: "c3", map: 99, row: -4, column: "7", level: 9, digits: ["7", "1"], source: 5 });
  assert.deepEqual(far, { layer: "c3", map: 15, row: 0, column: 7, source: 5, level: 3, digits: ["7", "1"] });
  assert.equal(moved(far, { layer: "c1" }).source, 0);
  assert.equal(moved(START, { digits: ["7", "7"] }).digits, null);
});

test("a state survives being written as JSON", () => {
  const state = moved(START, { layer: "s4", map: 3, row: 2, column: 1, level: 2, digits: ["4", "9"] });
  assert.deepEqual(moved(START, JSON.parse(JSON.stringify(state))), state);
});

test("arrow keys move within a map or from map to map, and stop at the edge", () => {
  const corner = moved(START, { layer: "s2", row: 0, column: 13 });
  assert.deepEqual(afterKey(corner, "ArrowDown", 0), { ...corner, row: 1 });
  assert.deepEqual(afterKey(corner, "ArrowRight", 0), corner);
  assert.equal(afterKey(corner, "ArrowDown", 3).map, 3);
  assert.equal(afterKey(corner, "ArrowLeft", 3).map, 0);
  assert.equal(afterKey(corner, "a", 3), null);
});

test("a kernel that slides comes to every place once before it begins anew", () => {
  for (const layer of ["s4", "f6"]) {
    const seen = new Set();
    let state = moved(START, { layer, map: 0, row: 0, column: 0 });
    const count = layerOf(layer).side === 1 ? layerOf(layer).maps : layerOf(layer).side ** 2;
    for (let step = 0; step < count; step++, state = slid(state)) seen.add(JSON.stringify(state));
    assert.equal(seen.size, count);
    assert.deepEqual(state, moved(START, { layer, map: 0, row: 0, column: 0 }));
  }
});

test("another layer is entered at the same part of the picture", () => {
  const state = moved(START, { layer: "c1", row: 27, column: 0 });
  assert.deepEqual({ ...toLayer(state, "s4") }, { ...state, layer: "s4", map: 0, row: 4, column: 0 });
});

test("the place that sees a pixel has it in its patch", () => {
  for (const name of ["c1", "s2", "c3", "s4"]) {
    const { window, step, source } = layerOf(name);
    for (let at = 0; at < layerOf(source).side; at++) {
      const { row } = placeSeeing({ layer: name }, at, 0);
      assert.ok(row * step <= at && at < row * step + window, `${name} ${at}`);
    }
  }
});

test("the cell at a point is the one that is painted there", () => {
  const grid = gridOf({ maps: 16, side: 10, columns: 8, gap: 1 });
  for (const cell of [{ map: 0, row: 0, column: 0 }, { map: 9, row: 4, column: 7 }, { map: 15, row: 9, column: 9 }]) {
    const { left, top } = cornerOf(grid, cell.map);
    const [x, y] = [(left + cell.column + 0.5) / grid.width, (top + cell.row + 0.5) / grid.height];
    assert.deepEqual(cellAt(grid, x, y), cell);
  }
  assert.equal(cellAt(grid, -1, 2).map, 8);
});

test("signed values are painted in two colours, the more opaque the farther from zero", () => {
  const grid = gridOf({ maps: 2, side: 1, columns: 2, gap: 1 });
  const pixels = new Uint8ClampedArray(4 * grid.width * grid.height);
  paintSigned(pixels, grid, [2, -0.5], 2);
  assert.deepEqual([...pixels], [...ABOVE, 255, 0, 0, 0, 0, ...BELOW, 128]);
});

test("what speaks for a digit is painted on ink only", () => {
  const grid = gridOf({ maps: 1, side: 2, columns: 1, gap: 0 });
  const pixels = new Uint8ClampedArray(16);
  paintOnInk(pixels, grid, [3, -3, 0, 0], [1, 1, 1, 0]);
  assert.deepEqual([...pixels.slice(0, 8)], [...ABOVE, 255, ...BELOW, 255]);
  assert.equal(pixels[8], pixels[9]);
  assert.equal(pixels[15], 0);
});

test("all maps of a layer fit into the width of a small phone", () => {
  for (const width of [288, 358, 680]) {
    for (const layer of LAYERS) {
      const { grid, scale } = layoutOfAll(layer, width);
      assert.ok(grid.width * scale <= width, `${layer.name} in ${width}`);
    }
  }
});

test("of all digits of a sheet each is the nearest to itself", () => {
  const sheet = Uint8Array.from({ length: 40 * 28 * 56 }, (_, at) => (at * at) % 251);
  const digits = Array.from({ length: 80 }, (_, number) => digitOf(sheet, number));
  assert.notDeepEqual(digits[0], digits[40]);
  const known = digits.map((digit) => featuresOf(NETWORK, digit));
  for (const number of [0, 39, 40, 79]) assert.equal(nearest(known, known[number], 3)[0], number);
});

test("the sheet has a hundred digits of each label", () => {
  assert.deepEqual([0, 99, 100, 999].map(labelOf), [0, 0, 1, 9]);
});
