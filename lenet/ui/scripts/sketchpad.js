// @ts-check
// The sketchpad: what is drawn on it is sent to the server and answered while the pen moves.
//
// Pointer and replay go through the same three functions: penDown, penMove, penUp.

import { pieceToShow } from "./choice.js";
import { isServerThere } from "./connection.js";
import { find, isOnScreen, listen, send, whenShown } from "./dom.js";
import { Drawing } from "./drawing.js";
import { listenForFiles } from "./files.js";
import { PersonalAnswers } from "./hand.js";
import { listenToKeys } from "./keyboard.js";
import { Notice } from "./notice.js";
import { Paper } from "./paper.js";
import { PassingOn } from "./passing_on.js";
import { Player } from "./player.js";
import { Pointer } from "./pointer.js";
import { Requests } from "./requests.js";
import { withSource } from "./source.js";
import { inTime } from "./timeout.js";
import { Tools } from "./tools.js";
import { Visit } from "./visit.js";

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
  listenToKeys(pad, sketchpad);
  listen("replay", (drawing) => isOnScreen(pad) && sketchpad.replay(drawing));
  listen("greeting", (drawing) => sketchpad.visit.greet(drawing));
  listen(`${component.props.channel}:link`, () => sketchpad.visit.follow());
  listenForFiles(texts);
  whenShown(pad, () => sketchpad.visit.begin());
  component.server.read_strokes([]); // opens the connection, so that the first stroke does not wait for it
}

class Sketchpad {
  visit;
  #drawing = new Drawing();
  #isPenDown = false;
  #player;

  #texts;
  /** @type {string} */
  #channel;
  #sheet;
  #hint;
  #notice;
  #tools;
  #paper;
  #pointer;
  /** @type {Requests<Answer>} */
  #requests;
  #answers;
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
    this.#notice = new Notice(element, () => this.#requests.retry());
    this.#tools = new Tools(element, this);
    this.#paper = new Paper(element, props.channel, this.#drawing);
    this.visit = new Visit(props.channel, texts, {
      drawing: this.#drawing,
      paper: this.#paper,
      clear: () => this.clear(),
      replay: (drawing) => this.replay(drawing),
      replaceBy: (drawing) => this.#replaceBy(drawing),
      say: (sentence) => this.#notice.say(sentence),
    });
    new PassingOn(element, props.channel, {
      address: this.visit.address, notice: this.#notice, scene: () => this.#paper.scene,
    }, texts);
    this.#pointer = new Pointer(find(element, ".pad", HTMLElement), {
      start: () => this.#takeOver(),
      down: (point) => this.penDown(this.#paper.pointAt(point)),
      move: (point) => this.penMove(this.#paper.pointAt(point)),
      up: () => this.penUp(),
      hover: (point) => this.#hover(this.#paper.pointAt(point)),
      undo: () => this.undo(),
    });
    this.#answers = new PersonalAnswers(props.channel, ({ digits }, isAgain) => (
      this.#paper.mark(digits, isAgain)
    ));
    this.#player = new Player(this, () => this.#paper.side);
    this.#requests = new Requests({
      send: () => {
        const source = { strokes: this.#drawing.copy(), ...this.#paper.view };
        return withSource(source, inTime(() => server.read_strokes(source.strokes), TIME_OUT, undefined));
      },
      isLive: () => this.#isPenDown && !this.visit.isGreeting,
      onAnswer: (answer, roundTrip) => this.#showAnswer(answer, roundTrip),
      onFailure: (answer) => this.#showFailure(answer?.error),
    });
    window.addEventListener("online", () => this.#requests.retry());
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
      this.#notice.say(this.#texts("pad.full"));
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
    this.visit.tell();
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

  // --- Undo, redo, clear, replay ---------------------------------------------

  undo() {
    this.#player.stop();
    this.#drawing.undo();
    this.#onReplaced();
  }

  redo() {
    this.#player.stop();
    this.#drawing.redo();
    this.#onReplaced();
  }

  clear() {
    this.visit.endGreeting();
    this.#player.stop();
    if (!this.#drawing.isExample && !this.#requests.isWaiting) send(`${this.#channel}:let_stand`);
    this.#drawing.clear();
    this.#onReplaced();
  }

  /** @param {{ strokes: Stroke[], isExample: boolean }} drawing */
  #replaceBy(drawing) {
    this.#drawing.replaceBy(drawing);
    this.#onReplaced();
  }

  /** @param {Stroke[]} drawing in sides of the pad */
  replay(drawing) {
    this.clear();
    this.#drawing.isExample = true;
    this.#player.play(drawing);
  }

  /** The visitor draws: neither half an example nor a whole one is a part of their number. */
  #takeOver() {
    this.visit.endGreeting();
    if (this.#drawing.isExample) this.clear();
    this.#drawing.isExample = false;
  }

  // --- What follows from a change --------------------------------------------

  #onChange() {
    this.#pointedAt = null;
    const { isEmpty, canUndo, canRedo } = this.#drawing;
    this.#tools.show({ undo: canUndo, redo: canRedo, clear: !isEmpty });
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
      this.#notice.say("");
      this.#paper.reset();
      send(this.#channel, null);
    } else {
      this.#requests.send();
      this.#paper.makeRoomSoon();
    }
    this.visit.tell();
  }

  /**
   * @param {Answer} answer
   * @param {number} roundTrip in ms
   */
  #showAnswer(answer, roundTrip) {
    this.#notice.say("");
    this.#answers.tell({ ...answer, round_trip_ms: roundTrip }, (shown) => pieceToShow(shown, {
      pointedAt: this.#pointedAt, newest: this.#drawing.lastPoint, isPenDown: this.#isPenDown,
    }));
    if (!this.#isPenDown) this.#paper.settlePen();
  }

  /** @param {string | undefined} sentence of the server; none if there was no answer */
  async #showFailure(sentence) {
    send(this.#channel, { stale: true });
    const isThere = sentence !== undefined || (await isServerThere());
    if (!this.#requests.isWaiting) return; // an answer has come meanwhile
    this.#notice.say(sentence ?? this.#texts(isThere ? "pad.server_failed" : "pad.no_connection"), true);
  }
}
