// @ts-check
// What the pad begins with, and what is kept of it: by the address, and by the browser for as long as the tab is open.

import { Address, replaceHash } from "./address.js";
import { send } from "./dom.js";
import { scaledStrokes } from "./geometry.js";
import { Greeting } from "./greeting.js";
import { keep, kept } from "./keepsake.js";

/** @import { Drawing } from "./drawing.js" */
/** @import { Paper } from "./paper.js" */
/** @import { Stroke, Texts } from "./types.js" */

/**
 * @typedef {object} Pad
 * @property {Drawing} drawing
 * @property {Paper} paper
 * @property {() => void} clear
 * @property {(drawing: Stroke[]) => void} replay
 * @property {(drawing: { strokes: Stroke[], isExample: boolean }) => void} replaceBy
 * @property {(sentence: string) => void} say
 */

export class Visit {
  address;
  #greeting = new Greeting();
  #channel;
  #texts;
  #pad;

  /**
   * @param {string} channel
   * @param {Texts} texts
   * @param {Pad} pad
   */
  constructor(channel, texts, pad) {
    restoreAddress();
    this.address = new Address(channel, texts);
    this.#channel = channel;
    this.#texts = texts;
    this.#pad = pad;
    // A phone may end a page that is hidden without a word.
    for (const kind of ["pagehide", "visibilitychange"]) {
      window.addEventListener(kind, () => {
        this.address.flush();
        const { strokes, isExample } = pad.drawing;
        keep({ strokes, isExample, replaced: this.address.replaced }, pad.paper.side);
      });
    }
  }

  get isGreeting() {
    return this.#greeting.isRunning;
  }

  /** Takes up the drawing of a link, or the one before a reload; at the first visit asks for an example. */
  begin() {
    const before = kept(this.#pad.paper.side);
    const linked = this.address.open();
    if (linked?.length !== 0 && before?.hash !== location.hash) this.#show(linked);
    else if (!before) this.#greeting.askSoon();
    else if (before.strokes.length > 0 && this.#pad.drawing.isEmpty) this.#pad.replaceBy(before);
  }

  /** The address has changed. */
  follow() {
    if (this.#pad.paper.side > 0) this.#show(this.address.open()); // else `begin` is still to come
  }

  /**
   * Shows what the pad is for, unless the visitor has begun; it is answered once, at its end.
   *
   * @param {Stroke[]} drawing in sides of the pad
   */
  greet(drawing) {
    if (!this.#pad.drawing.isEmpty) return;
    this.#pad.replay(drawing);
    this.#greeting.isRunning = true;
  }

  endGreeting() {
    this.#greeting.end();
  }

  /** Tells what is on the pad, once the pen is lifted. */
  tell() {
    const strokes = scaledStrokes(this.#pad.drawing.strokes, 1 / this.#pad.paper.side);
    send(`${this.#channel}:drawn`, { strokes, isGreeting: this.isGreeting });
  }

  /** @param {Stroke[] | null} linked the drawing of a link, in sides of the pad; null where it is damaged */
  #show(linked) {
    this.#pad.clear();
    if (!linked) this.#pad.say(this.#texts("share.damaged"));
    else if (linked.length > 0) {
      // Not the visitor's own, so they do not draw on.
      this.#pad.replaceBy({ strokes: scaledStrokes(linked, this.#pad.paper.side), isExample: true });
    }
  }
}

/** A browser reloads the address that there was before the page was left: what `flush` wrote then is not in it. */
function restoreAddress() {
  const { hash, replaced } = kept(1) ?? {};
  const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (visit?.type === "reload" && hash !== undefined && location.hash === replaced) replaceHash(hash);
}
