// @ts-check
// Takes photos that are dropped, pasted or chosen.

import { takeFiles } from "./files.js";

/**
 * @param {HTMLElement} view
 * @param {(files: Iterable<File>) => void} addFiles
 */
export function takeIn(view, addFiles) {
  /** @param {Event} event */
  const onDrag = (event) => {
    if (!(event instanceof DragEvent) || !event.dataTransfer?.types.includes("Files")) return;
    view.classList.toggle("dragging", event.type === "dragover");
  };

  for (const kind of ["dragover", "dragleave", "drop"]) window.addEventListener(kind, onDrag);
  takeFiles(addFiles);
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
