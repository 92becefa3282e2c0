// @ts-check
// A photo with a box around each of its pieces.

import { find } from "./dom.js";
import { boxOfDigitBeside } from "./geometry.js";
import { describePiece, shortLabelOf } from "./piece_texts.js";
import { offer } from "./pieces.js";

/** @import { Answer, Photo, Piece, Texts } from "./types.js" */

const AT_THE_TOP = 0.05; // of the photo's height: nothing fits above that

export class PhotoView {
  #view;
  #shot;
  #image;
  #boxes;
  #notes;
  #largerButton;
  #texts;

  /**
   * @param {HTMLElement} view
   * @param {string} channel
   * @param {Texts} texts
   */
  constructor(view, channel, texts) {
    this.#view = view;
    this.#shot = find(view, ".shot", HTMLElement);
    this.#image = find(view, "img", HTMLImageElement);
    this.#boxes = find(view, ".boxes", HTMLElement);
    this.#notes = find(view, ".notes", HTMLElement);
    this.#largerButton = find(view, ".larger", HTMLButtonElement);
    this.#texts = texts;
    this.#largerButton.addEventListener("click", () => this.#toggleSize());
    offer(this.#boxes, channel);
  }

  /** @param {Photo | undefined} photo */
  show(photo) {
    this.#view.dataset.state = photo ? (photo.preview ? "shown" : "failed") : "empty";
    this.#largerButton.hidden = !photo?.preview;
    this.#notes.textContent = photo ? [photo.name, ...(photo.answer.notes ?? [])].join(" · ") : "";
    this.#boxes.replaceChildren();
    const { size } = photo?.answer ?? {};
    if (!photo?.preview || !size) return;
    this.#shot.style.setProperty("--ratio", String(size[0] / size[1]));
    this.#image.src = photo.preview;
    this.#image.alt = this.#texts("photo.alt", { name: photo.name });
  }

  /**
   * Puts a box around each piece of the photo that is shown.
   *
   * @param {Answer} answer
   */
  mark({ size, digits }) {
    if (this.#view.dataset.state !== "shown" || !size) return;
    this.#boxes.replaceChildren(...digits.map((_, number) => this.#boxOf(digits, number, size)));
  }

  /**
   * @param {Piece[]} pieces
   * @param {number} number
   * @param {[number, number]} size of the photo, in the unit of the boxes
   */
  #boxOf(pieces, number, [across, down]) {
    const piece = pieces[number];
    const [left, top, width, height] = piece.box;
    const label = shortLabelOf(piece, this.#texts);
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.piece = String(number);
    button.dataset.status = piece.status;
    button.dataset.label = label;
    button.setAttribute("aria-label", describePiece(pieces, number, this.#texts));
    button.style.left = `${(100 * left) / across}%`;
    button.style.top = `${(100 * top) / down}%`;
    button.style.width = `${(100 * width) / across}%`;
    button.style.height = `${(100 * height) / down}%`;
    // For the size of the label, which a point would have too small.
    button.style.setProperty("--share", String(boxOfDigitBeside(pieces, number)[3] / down));
    button.classList.toggle("below", top / down < AT_THE_TOP);
    return button;
  }

  #toggleSize() {
    const isLarge = this.#view.classList.toggle("large");
    this.#largerButton.textContent = this.#texts(isLarge ? "photo.smaller" : "photo.larger");
  }
}
