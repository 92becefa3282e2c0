// @ts-check
// The sketchpad: what is drawn on it is sent to the server and answered while the pen moves.
//
// Pointer and replay go through the same three functions: penDown, penMove, penUp.

import { animate, find, isMotionReduced, isOnScreen, listen, send } from "./dom.js";
import { Drawing } from "./drawing.js";
import { boxAt, nearestBox } from "./geometry.js";
import { listenToKeys } from "./keyboard.js";
import { Paper } from "./paper.js";
import { Pointer } from "./pointer.js";
import { timeline } from "./replay.js";
import { Requests } from "./requests.js";
import { inTime } from "./timeout.js";

/** @import { Answer, Component, Point, Stroke, Texts } from "./types.js" */

const TIME_OUT = 5000; // ms for an answer
const CLOSEST_POINTS = 0.5; // CSS pixels; nearer than that a point says nothing new

/**
 * @param {Component} component
 * @param {Texts} texts
 */
export function startSketchpad(component, texts) {
  const sketchpad = new Sketchpad(component, texts);
  const pad = find(component.element, ".pad", HTMLElement);
  listenToKeys(pad, { undo: () => sketchpad.undo(), clear: () => sketchpad.clear() });
  listen("replay", (drawing) => isOnScreen(pad) && sketchpad.replay(drawing));
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, keepPage);
  component.server.read_strokes([]); // opens the connection, so that the first stroke does not wait for it
}

/**
 * The browser would leave the page, and lose the drawing, for a file that is dropped anywhere on it.
 *
 * @param {Event} event
 */
function keepPage(event) {
  if (event instanceof DragEvent && event.dataTransfer?.types.includes("Files")) event.preventDefault();
}

class Sketchpad {
  #drawing = new Drawing();
  #isPenDown = false;
  /** @type {ReturnType<typeof animate> | undefined} */
  #replay;

  #texts;
  /** @type {string} */
  #channel;
  #sheet;
  #hint;
  #notice;
  #undoButton;
  #clearButton;
  #paper;
  #pointer;
  /** @type {Requests<Answer>} */
  #requests;
  /** @type {Point | null} where the mouse has pointed since the drawing changed */
  #pointedAt = null;

  /**
   * @param {Component} component
   * @param {Texts} texts
   */
  constructor({ element, props, server }, texts) {
    this.#texts = texts;
    this.#channel = props.channel;
    this.#sheet = find(element, ".sheet", HTMLElement);
    this.#hint = find(element, ".hint", HTMLElement);
    this.#notice = find(element, ".notice", HTMLElement);
    this.#undoButton = find(element, ".undo", HTMLElement);
    this.#clearButton = find(element, ".clear", HTMLElement);
    this.#undoButton.addEventListener("click", () => this.undo());
    this.#clearButton.addEventListener("click", () => this.clear());
    this.#paper = new Paper(element, props.channel, this.#drawing);
    this.#pointer = new Pointer(find(element, ".pad", HTMLElement), {
      start: () => this.#takeOver(),
      down: (point) => this.penDown(this.#paper.pointAt(point)),
      move: (point) => this.penMove(this.#paper.pointAt(point)),
      up: () => this.penUp(),
      hover: (point) => this.#hover(this.#paper.pointAt(point)),
      undo: () => this.undo(),
    });
    this.#requests = new Requests({
      send: () => inTime(() => server.read_strokes(this.#drawing.strokes), TIME_OUT, undefined),
      isLive: () => this.#isPenDown,
      onAnswer: (answer, roundTrip) => this.#showAnswer(answer, roundTrip),
      onFailure: (answer) => this.#showFailure(answer?.error ?? texts("pad.no_connection")),
    });
  }

  // --- The pen ---------------------------------------------------------------

  /** @param {Point} point in units of the paper */
  #hover(point) {
    this.#pointedAt = point;
    this.#paper.chooseAt(point);
  }

  /** @param {Point} point in units of the paper */
  penDown(point) {
    if (this.#drawing.isFull) {
      this.#say(this.#texts("pad.full"));
      return;
    }
    this.#setPen(true);
    this.#paper.stopZoom();
    this.#drawing.begin(point);
    this.#onChange();
  }

  /** @param {Point} point in units of the paper */
  penMove(point) {
    if (!this.#isPenDown || this.#drawing.isFull) return;
    if (this.#drawing.extend(point, CLOSEST_POINTS / this.#paper.zoom)) this.#onChange();
  }

  penUp() {
    if (!this.#isPenDown) return;
    this.#setPen(false);
    if (this.#drawing.settleDot(this.#paper.pen / 2)) this.#onChange();
    this.#requests.send();
    this.#paper.makeRoomSoon();
  }

  /**
   * What is drawn is not judged, nor read aloud, before the pen is lifted.
   *
   * @param {boolean} isDown
   */
  #setPen(isDown) {
    this.#isPenDown = isDown;
    this.#sheet.classList.toggle("drawing", isDown);
    send(`${this.#channel}:busy`, isDown);
  }

  // --- Undo, clear, replay ---------------------------------------------------

  undo() {
    this.#replay?.stop();
    this.#drawing.undo();
    this.#onReplaced();
  }

  clear() {
    this.#replay?.stop();
    this.#drawing.clear();
    this.#onReplaced();
  }

  /** @param {Stroke[]} drawing in sides of the pad */
  replay(drawing) {
    this.clear();
    this.#drawing.isExample = true;
    const moments = timeline(drawing);
    if (isMotionReduced()) {
      for (const moment of moments) this.#trace(moment);
      return;
    }
    let next = 0;
    this.#replay = animate((elapsed) => {
      while (next < moments.length && moments[next].time <= elapsed / 1000) this.#trace(moments[next++]);
      return next < moments.length;
    });
  }

  /** @param {ReturnType<typeof timeline>[number]} moment */
  #trace({ point: [x, y], starts, ends }) {
    /** @type {Point} */
    const point = [x * this.#paper.side, y * this.#paper.side];
    if (starts) this.penDown(point);
    else this.penMove(point);
    if (ends) this.penUp();
  }

  /** The visitor draws: half an example is of no use to them. */
  #takeOver() {
    if (this.#replay?.isRunning) this.clear();
    this.#drawing.isExample = false;
  }

  // --- What follows from a change --------------------------------------------

  #onChange() {
    this.#pointedAt = null;
    const { isEmpty, canUndo } = this.#drawing;
    this.#clearButton.setAttribute("aria-disabled", String(isEmpty));
    this.#undoButton.setAttribute("aria-disabled", String(!canUndo));
    this.#hint.hidden = !isEmpty;
    this.#paper.redraw();
    this.#requests.changed();
  }

  #onReplaced() {
    this.#setPen(false);
    this.#pointer.release();
    this.#onChange();
    this.#requests.forget();
    if (this.#drawing.isEmpty) {
      this.#requests.settle();
      this.#say("");
      this.#paper.reset();
      send(this.#channel, null);
    } else {
      this.#requests.send();
      this.#paper.makeRoomSoon();
    }
  }

  /**
   * @param {Answer} answer
   * @param {number} roundTrip in ms
   */
  #showAnswer(answer, roundTrip) {
    this.#say("");
    this.#paper.mark(answer.digits);
    if (!this.#isPenDown) this.#paper.settlePen();
    send(this.#channel, { ...answer, chosen: this.#pieceToShow(answer), round_trip_ms: roundTrip });
  }

  /**
   * Bars and picture follow the pen; when it rests they show what is least sure.
   *
   * @param {Answer} answer
   */
  #pieceToShow({ digits, doubtful }) {
    const boxes = digits.map(({ box }) => box);
    const pointedAt = this.#pointedAt ? boxAt(this.#pointedAt, boxes) : -1;
    if (pointedAt >= 0) return pointedAt; // an answer that comes late does not undo a choice
    if (!this.#isPenDown && doubtful !== null) return doubtful;
    const newest = this.#drawing.lastPoint;
    return newest && digits.length > 0 ? nearestBox(newest, boxes) : undefined;
  }

  /** @param {string} sentence */
  #showFailure(sentence) {
    this.#say(sentence);
    send(this.#channel, { stale: true });
  }

  /** @param {string} sentence */
  #say(sentence) {
    if (this.#notice.textContent !== sentence) this.#notice.textContent = sentence;
  }
}
