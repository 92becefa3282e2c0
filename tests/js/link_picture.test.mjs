import assert from "node:assert/strict";
import { test } from "node:test";

import { fittedText } from "../../lenet/ui/scripts/text_fit.js";

const ROOM = { width: 500, height: 250 };
const widthOf = (line) => 0.6 * line.length;

for (const text of ["7", "2026", "12/05/2026", "1".repeat(60), "123\n45\n6789", "", "1\n".repeat(40)]) {
  test(`a text of ${text.length} characters stays within its room`, () => {
    const { lines, size } = fittedText(text, ROOM, widthOf);
    assert.ok(lines.length * size * 1.1 <= ROOM.height + 1e-9);
    for (const line of lines) assert.ok(widthOf(line) * size <= ROOM.width + 1e-9);
  });
}

test("what fits is large and whole", () => {
  assert.deepEqual(fittedText("2026", ROOM, widthOf).lines, ["2026"]);
  assert.ok(fittedText("2026", ROOM, widthOf).size > 190);
  assert.ok(fittedText("7", ROOM, widthOf).size > 220);
});

test("what is left out is marked", () => {
  assert.equal(fittedText("1".repeat(5000), ROOM, widthOf).lines.at(-1), "…");
});
