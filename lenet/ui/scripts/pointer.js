// @ts-check
// The pointer that draws: mouse, pen or one finger. Where there is a pen, what touches is the palm.

/** @import { Point } from "./types.js" */

/**
 * @typedef {object} Handlers points are in CSS pixels of the pad
 * @property {(point: Point) => void} down
 * @property {(point: Point) => void} move
 * @property {() => void} up
 * @property {(point: Point) => void} hover a mouse moves and does not draw
 * @property {() => void} undo takes away what was drawn since `down`
 * @property {() => void} start before the first `down` of a pointer
 */

const PEN_REMEMBERED = 60_000; // ms after a pen was seen; chosen: then another visitor may draw with a finger

export class Pointer {
  /** @type {{ id: number, type: string } | null} the one that draws */
  #active = null;
  #penSeen = -Infinity; // time in ms
  #pad;
  #handlers;

  /**
   * @param {HTMLElement} pad
   * @param {Handlers} handlers
   */
  constructor(pad, handlers) {
    this.#pad = pad;
    this.#handlers = handlers;
    pad.addEventListener("pointerdown", (event) => this.#onDown(event));
    pad.addEventListener("pointermove", (event) => this.#onMove(event));
    pad.addEventListener("pointerup", (event) => this.#onUp(event));
    pad.addEventListener("pointercancel", (event) => this.#onCancel(event));
    // Else Chrome takes a tap on a button within 0.4 s of a stroke for its second tap, and sends no click.
    pad.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    pad.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** A pointer that is still down draws on only after it has been lifted. */
  release() {
    this.#active = null;
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#notePen(event);
    if (event.pointerType === "touch" && event.timeStamp - this.#penSeen < PEN_REMEMBERED) return;
    const isPenOverPalm = event.pointerType === "pen" && this.#active?.type === "touch";
    if (this.#active && !isPenOverPalm) return;
    if (this.#active) this.#handlers.undo(); // what the palm has drawn
    this.#handlers.start();
    this.#active = { id: event.pointerId, type: event.pointerType };
    this.#pad.setPointerCapture(event.pointerId);
    this.#handlers.down(this.#position(event));
  }

  /** @param {PointerEvent} event */
  #notePen({ pointerType, timeStamp }) {
    if (pointerType === "pen") this.#penSeen = timeStamp;
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    this.#notePen(event);
    if (!this.#active) {
      if (event.pointerType === "mouse") this.#handlers.hover(this.#position(event));
      return;
    }
    if (event.pointerId !== this.#active.id) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length > 0 ? moves : [event]) this.#handlers.move(this.#position(move));
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    if (event.pointerId !== this.#active?.id) return;
    this.#active = null;
    this.#handlers.move(this.#position(event));
    this.#handlers.up();
  }

  /** @param {PointerEvent} event */
  #onCancel(event) {
    if (event.pointerId !== this.#active?.id) return;
    this.#active = null;
    this.#handlers.up(); // its position means nothing
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  #position(event) {
    const box = this.#pad.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
}
