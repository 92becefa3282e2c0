// @ts-check
// Files that are dropped on the page or pasted, on any tab: they are photos to read.

import { openTab } from "./tabs.js";

/** @import { Texts } from "./types.js" */

/** @type {File[]} what has come before the tab for photos was ever opened */
const waiting = [];

/** @type {{ take: ((files: File[]) => void) | null, isListening: boolean }} */
const state = { take: null, isListening: false };

/**
 * Keeps the browser from leaving the page for a file, and opens the tab for photos instead.
 *
 * @param {Texts} texts
 */
export function listenForFiles(texts) {
  if (state.isListening) return;
  state.isListening = true;
  for (const kind of ["dragover", "drop"]) {
    window.addEventListener(kind, (event) => {
      if (!(event instanceof DragEvent) || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (kind === "drop") give([...event.dataTransfer.files], texts);
    });
  }
  window.addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (files.length === 0) return;
    event.preventDefault();
    give(files, texts);
  });
}

/** @param {(files: File[]) => void} take gets all files, also those that have come before */
export function takeFiles(take) {
  state.take = take;
  if (waiting.length > 0) take(waiting.splice(0));
}

/**
 * @param {File[]} files
 * @param {Texts} texts
 */
function give(files, texts) {
  openTab("photo", texts);
  if (state.take) state.take(files);
  else waiting.push(...files);
}
