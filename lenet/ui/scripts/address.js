// @ts-check
// The address says what is on the page: the drawing, the tab, the chosen piece, the chosen moment of the training, and
// where the visitor is inside the network. It is rewritten while nobody draws, never as a new entry of the browser's
// history, and followed when it changes.

import { listen, send } from "./dom.js";
import { areAlike } from "./geometry.js";
import { hashOf, parsedHash } from "./hash.js";
import { choose } from "./pieces.js";
import { decoded, encoded } from "./stroke_code.js";
import { listenToTabs, openTab } from "./tabs.js";

/** @import { Answer, Stroke, Texts } from "./types.js" */

const DELAY = 300; // ms from a change to the new address: longer than between two strokes of an example
const FIRST_TAB = "draw";

export class Address {
  /** @type {string | undefined} what the newest "#…" has replaced */
  replaced;

  #where = parsedHash(location.hash);
  /** @type {Stroke[] | null} in sides of the pad; null as long as the drawing is what the address says */
  #drawn = null;
  /** @type {Stroke[] | null} the drawing as the address gave it; written again it would differ a little */
  #linked = null;
  #isTooLong = false;
  #isPenDown = false;
  #isGreeting = false; // nobody wants to pass on what the page drew by itself
  #pieces = 0; // of the newest answer
  /**
   * What the address wants as soon as there is an answer.
   *
   * @type {{ piece: string, moment: string, inside: object } | null}
   */
  #wanted = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  #channel;
  #texts;

  /**
   * @param {string} channel of the pad
   * @param {Texts} texts
   */
  constructor(channel, texts) {
    this.#channel = channel;
    this.#texts = texts;
    listen(`${channel}:drawn`, (drawn) => this.#onDrawn(drawn));
    listen(`${channel}:busy`, (isPenDown) => { this.#isPenDown = isPenDown; });
    listen(channel, (answer) => this.#onAnswer(answer));
    listen(`${channel}:chosen`, (number) => this.#change({ piece: this.#pieces > 1 ? String(number) : "" }));
    listen(`${channel}:inside`, (inside) => this.#change({ inside: inside ?? {} }));
    listen(`${channel}:moment`, (moment) => this.#change({ moment: String(moment ?? "") }));
    listenToTabs((tab) => this.#change({ tab: tab === FIRST_TAB ? "" : tab }), texts);
    window.addEventListener("hashchange", () => this.#onHashChange());
    openTab(this.#where.tab, texts);
  }

  /**
   * Takes up what the address says besides the drawing, with the next answer; if there is no drawing, now.
   *
   * @returns {Stroke[] | null} the drawing, in sides of the pad; null where it is damaged
   */
  open() {
    this.#where = parsedHash(location.hash);
    const { drawing, piece, moment, inside } = this.#where;
    const strokes = drawing ? decoded(drawing) : [];
    this.#linked = strokes;
    const isMore = piece !== "" || moment !== "" || Object.keys(inside).length > 0;
    this.#wanted = strokes && isMore ? { piece, moment, inside } : null;
    if (strokes?.length === 0) setTimeout(() => this.#showWanted());
    return strokes;
  }

  /**
   * Brings the address up to date.
   *
   * @returns {boolean} whether the drawing is in it; it may be too long
   */
  write() {
    this.#stop();
    if (this.#drawn && !(this.#linked && areAlike(this.#drawn, this.#linked))) {
      const code = encoded(this.#drawn);
      this.#linked = null;
      this.#isTooLong = code === null;
      this.#where.drawing = code ?? "";
    }
    this.#drawn = null;
    this.#replaceBy(hashOf(this.#where));
    return !this.#isTooLong;
  }

  /** Writes what would be written soon. */
  flush() {
    if (this.#timer !== undefined && !this.#isGreeting) this.write();
  }

  /** @param {{ strokes: Stroke[], isGreeting: boolean }} drawn strokes in sides of the pad */
  #onDrawn({ strokes, isGreeting }) {
    this.#drawn = strokes;
    this.#isGreeting = isGreeting;
    this.#writeSoon();
  }

  /** @param {(Partial<Answer> & { stale?: boolean }) | null} answer */
  #onAnswer(answer) {
    if (answer?.stale) return;
    this.#pieces = answer?.digits?.length ?? 0;
    if (this.#pieces > 0) queueMicrotask(() => this.#showWanted()); // after all others have heard the answer
  }

  #showWanted() {
    if (!this.#wanted) return;
    const { piece, moment, inside } = this.#wanted;
    this.#wanted = null;
    if (piece) choose(this.#channel, Number(piece));
    if (moment) send(`${this.#channel}:moment:show`, Number(moment));
    if (Object.keys(inside).length > 0) send(`${this.#channel}:inside:show`, inside);
  }

  /** @param {Partial<ReturnType<typeof parsedHash>>} change */
  #change(change) {
    if (this.#wanted && !("tab" in change)) return; // the address is still to be followed
    this.#where = { ...this.#where, ...change };
    this.#writeSoon();
  }

  #writeSoon() {
    this.#stop();
    this.#timer = setTimeout(() => {
      if (!this.#isPenDown && !this.#isGreeting) this.write();
    }, DELAY);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** @param {string} hash with "#"; empty for none */
  #replaceBy(hash) {
    const before = location.hash;
    if (hash === before) return;
    try {
      replaceHash(hash);
      this.replaced = before;
    } catch {
      // Safari allows 100 changes in half a minute; the next one may succeed.
    }
  }

  #onHashChange() {
    this.#stop();
    this.#drawn = null;
    openTab(parsedHash(location.hash).tab || FIRST_TAB, this.#texts);
    send(`${this.#channel}:link`);
  }
}

/** @param {string} hash with "#"; empty for none */
export function replaceHash(hash) {
  history.replaceState(history.state, "", location.pathname + hash);
}
