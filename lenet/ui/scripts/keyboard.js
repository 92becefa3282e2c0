// @ts-check
// Keys that undo, redo and clear, as long as the pad is on the screen, nothing is open over it, and nobody types.

import { isOnScreen } from "./dom.js";

const OPEN = ":popover-open, dialog[open]";

/**
 * @param {HTMLElement} pad
 * @param {Record<"undo" | "redo" | "clear", () => void>} commands
 */
export function listenToKeys(pad, commands) {
  document.addEventListener("keydown", (event) => {
    if (!isOnScreen(pad) || document.querySelector(OPEN) || isTyping(event.target)) return;
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    commands[command]();
  });
}

/**
 * @param {{ key: string, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean }} event
 * @returns {"undo" | "redo" | "clear" | null}
 */
export function commandOf({ key, ctrlKey, metaKey, shiftKey }) {
  const control = ctrlKey || metaKey;
  if (control && key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  if (control && !shiftKey && key.toLowerCase() === "y") return "redo";
  if (!control && ["Escape", "Delete", "Backspace"].includes(key)) return "clear";
  return null;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable='true']") !== null;
}
