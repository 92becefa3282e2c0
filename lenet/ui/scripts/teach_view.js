// @ts-check
// Teaching: the choices for a piece, and the list of all corrections.

import { find, listen } from "./dom.js";
import { OwnHand } from "./own_hand.js";
import { TeachChoices } from "./teach_choices.js";
import { TeachList } from "./teach_list.js";
import { textsOf } from "./texts.js";

/** @import { Correction } from "./corrections.js" */
/** @import { Props } from "./own_hand.js" */
/** @import { Piece, Stroke, Texts } from "./types.js" */

/**
 * A piece that is asked about.
 *
 * @typedef {object} Subject
 * @property {Piece | undefined} piece as the page shows it
 * @property {string | undefined} read what the server read
 * @property {boolean} isAlone whether it is the only piece
 * @property {any} strokes where all of them are of this piece
 */

const BRIEFLY = 6000; // ms for which a sentence stays

/**
 * What the page fetches: a function that starts the visitor's own hand, and gives views of it.
 *
 * @param {Record<string, string | Record<string, string>>} catalogue
 */
export function handsOf(catalogue) {
  const texts = textsOf(catalogue);
  return (/** @type {Props} */ props, /** @type {string} */ template) => {
    const hand = new OwnHand(props, texts);
    hand.learn().catch(() => {}); // told by the event
    return {
      hand,
      viewIn: (/** @type {HTMLElement} */ root) => new TeachView(root, { hand, template, props }, texts),
    };
  };
}

export class TeachView {
  #hand;
  #texts;
  #root;
  #badge;
  #toggle;
  #told;
  #choices;
  #list;
  /** @type {Subject | null} */
  #subject = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root gets what the template has
   * @param {{ hand: OwnHand, template: string, props: Props }} options
   * @param {Texts} texts
   */
  constructor(root, { hand, template, props }, texts) {
    this.#hand = hand;
    this.#texts = texts;
    this.#root = root;
    root.insertAdjacentHTML("beforeend", template);
    this.#badge = find(root, ".badge", HTMLElement);
    this.#toggle = find(root, ".toggle", HTMLElement);
    this.#told = find(root, ".teach-told", HTMLElement);
    this.#choices = new TeachChoices(find(root, ".teach-choices", HTMLElement), {
      hand, symbols: props.symbols, onChoice: (label) => this.#teach(label),
    }, texts);
    this.#list = new TeachList(find(root, ".teach-list", HTMLDialogElement), hand, texts);
    this.#badge.addEventListener("click", () => this.#list.open());
    this.#toggle.addEventListener("click", () => {
      if (hand.isReady) hand.toggle();
    });
    listen("hand", () => this.#showHand());
    this.#showHand();
  }

  /**
   * Asks what a piece is.
   *
   * @param {HTMLElement} button beside which the choices stand
   * @param {Subject} subject
   */
  ask(button, subject) {
    this.#subject = subject;
    if (subject.piece) this.#choices.open(button, subject.piece, subject.isAlone);
  }

  /** Asks no longer: another piece is shown. */
  dismiss() {
    this.#choices.close();
  }

  /**
   * The visitor goes on to another drawing.
   *
   * @param {Piece[]} pieces of the one before, as the page has shown them
   */
  letStand(pieces) {
    this.#hand.letStand(pieces);
  }

  #showHand() {
    const { corrected, receipts, isOn, isReady, isLoading } = this.#hand;
    // A way to what is still to be withdrawn, too.
    this.#root.classList.toggle("taught", corrected.length + receipts.length > 0);
    this.#toggle.setAttribute("aria-checked", String(isOn && isReady));
    this.#toggle.setAttribute("aria-disabled", String(!isReady)); // the badge says why
    if (isReady) this.#badge.textContent = this.#texts("hand.badge", { count: corrected.length });
    else this.#badge.textContent = this.#texts(isLoading ? "hand.loading" : "hand.failed");
  }

  /** @param {string} label */
  async #teach(label) {
    const { piece, read, strokes } = this.#subject ?? {};
    if (!piece) return;
    const before = this.#hand.corrected;
    const known = before.find(({ image }) => image === piece.image);
    if (known?.label === label) { // it is taught already
      if (!this.#hand.isOn) this.#hand.toggle();
      return;
    }
    const correction = this.#hand.add(piece, label);
    try {
      await this.#hand.learn();
    } catch {
      return this.#say(this.#texts("hand.not_loaded"));
    }
    if (!this.#hand.isKept) this.#say(this.#texts("hand.for_this_visit"));
    else if (this.#hand.corrected.length === before.length && !known) {
      this.#say(this.#texts("hand.full", { count: before.length }));
    } else if (before.length === 0) this.#say(this.#texts("hand.learnt"));
    await this.#pass({ correction, read, strokes }, known);
  }

  /**
   * Sends a correction, if the visitor has agreed, and withdraws the one in whose place it stands.
   *
   * @param {{ correction: Correction, read?: string, strokes?: Stroke[] }} parcel
   * @param {Correction | undefined} before
   */
  async #pass({ correction, read = "", strokes }, before) {
    try {
      if (before) await this.#hand.withdraw(this.#hand.receiptsOf(before));
      if (await this.#hand.sendOff(correction, { read, strokes })) this.#say(this.#texts("hand.sent"));
    } catch (error) {
      const reason = /** @type {Error} */ (error).message || this.#texts("hand.no_connection");
      this.#say(this.#texts("hand.not_sent", { reason }));
    }
  }

  /** @param {string} sentence */
  #say(sentence) {
    clearTimeout(this.#timer);
    this.#told.textContent = sentence;
    this.#timer = setTimeout(() => { this.#told.textContent = ""; }, BRIEFLY);
  }
}
