// @ts-check
// Takes photos that are dropped, pasted or chosen.

import { isOnScreen } from "./dom.js";

/**
 * @param {HTMLElement} view
 * @param {(files: Iterable<File>) => void} addFiles
 */
export function takeIn(view, addFiles) {
  // On all tabs the sketchpad keeps the browser from leaving the page for the picture.
  /** @param {Event} event */
  const onDrag = (event) => {
    if (!(event instanceof DragEvent) || !isOnScreen(view)) return;
    if (!event.dataTransfer?.types.includes("Files")) return;
    view.classList.toggle("dragging", event.type === "dragover");
    if (event.type === "drop") addFiles(event.dataTransfer.files);
  };

  /** @param {ClipboardEvent} event */
  const onPaste = (event) => {
    const files = event.clipboardData?.files ?? [];
    if (!isOnScreen(view) || files.length === 0) return;
    event.preventDefault();
    addFiles(files);
  };

  for (const kind of ["dragover", "dragleave", "drop"]) window.addEventListener(kind, onDrag);
  window.addEventListener("paste", onPaste);
  for (const chooser of choosersIn(view)) {
    chooser.addEventListener("change", () => {
      addFiles(chooser.files ?? []);
      chooser.value = ""; // the same file may be chosen again
    });
  }
}

/**
 * @param {HTMLElement} view
 * @returns {NodeListOf<HTMLInputElement>} the first takes any number of files
 */
export function choosersIn(view) {
  return view.querySelectorAll("input.chooser");
}
