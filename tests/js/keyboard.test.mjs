import assert from "node:assert/strict";
import { test } from "node:test";

import { commandOf } from "../../lenet/ui/scripts/keyboard.js";

const press = (key, held = {}) => commandOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, ...held });

test("Ctrl or Command with Z undoes, with Shift it redoes, and so does Y", () => {
  assert.equal(press("z", { ctrlKey: true }), "undo");
  assert.equal(press("Z", { metaKey: true }), "undo");
  assert.equal(press("Z", { ctrlKey: true, shiftKey: true }), "redo");
  assert.equal(press("y", { ctrlKey: true }), "redo");
  assert.equal(press("y"), null);
  assert.equal(press("z"), null);
});

test("Escape, Delete and Backspace clear, unless a modifier is held", () => {
  assert.deepEqual(["Escape", "Delete", "Backspace"].map((key) => press(key)), ["clear", "clear", "clear"]);
  assert.equal(press("Backspace", { ctrlKey: true }), null);
});
