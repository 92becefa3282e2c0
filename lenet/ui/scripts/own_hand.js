// @ts-check
// A visitor's own hand: their corrections, the network adapted to them, and what of it they send to the maker of the
// page. It is the same for the pad and the photos, and in all tabs of the browser.

import { Corrections, KEY, newId } from "./corrections.js";
import { send } from "./dom.js";
import { addressOf, fetchFile } from "./page_files.js";
import { Personal } from "./personal.js";
import { isToldByPlace } from "./piece_texts.js";
import { deliver, withdraw } from "./sending.js";

/** @import { Correction } from "./corrections.js" */
/** @import { About } from "./personal.js" */
/** @import { Answer, Piece, Stroke, Texts } from "./types.js" */

const ENDPOINT = "corrections"; // beside the page's files
const SURE = 0.98; // probability from which an answer that is let stand tells nothing new, as SURE of hand.py

/**
 * @typedef {About & { weights: string, consent: boolean }} Props `weights` is their version; `consent`, whether the
 *   maker of the page takes corrections
 */

export class OwnHand {
  /** Whether answers are personal. */
  isOn = true;

  /** Whether the visitor has agreed that corrections are sent; asked anew at each visit. */
  isAgreed = false;

  #props;
  #texts;
  #corrections;
  /** @type {Personal | null} */
  #personal = null;
  /** @type {Promise<Personal> | null} */
  #loading = null;

  /**
   * @param {Props} props
   * @param {Texts} texts
   */
  constructor(props, texts) {
    this.#props = props;
    this.#texts = texts;
    this.#corrections = new Corrections(() => localStorage, props.symbols);
    window.addEventListener("storage", ({ key }) => {
      if (key !== KEY && key !== null) return;
      this.#corrections.read();
      this.learn().catch(() => {}); // told by the event
    });
  }

  /** All that is learnt: the corrections, and what was let stand. */
  get list() {
    return this.#corrections.list;
  }

  /** The corrections alone. */
  get corrected() {
    return this.list.filter(({ stands }) => !stands);
  }

  /** Whether the browser keeps them. */
  get isKept() {
    return this.#corrections.isKept;
  }

  get canSend() {
    return this.#props.consent;
  }

  /** Receipts of what was sent and can be withdrawn. */
  get receipts() {
    return this.canSend ? this.#corrections.sent.map(({ receipt }) => receipt) : [];
  }

  /**
   * Whether the maker of the page has a correction.
   *
   * @param {Correction} correction
   */
  isSent({ id }) {
    return this.#corrections.sent.some((one) => one.id === id && one.hasArrived);
  }

  /**
   * @template {Partial<Answer>} A
   * @param {A} answer of the server
   * @returns {A}
   */
  rewrite(answer) {
    return this.isOn && this.#personal ? this.#personal.rewrite(answer) : answer;
  }

  toggle() {
    this.isOn = !this.isOn;
    send("hand");
  }

  /** Learns the corrections as they are, and tells it. Rejects where the network cannot be had. */
  async learn() {
    try {
      if (this.list.length > 0) await this.#load();
      this.#personal?.learn(this.list);
    } finally {
      send("hand");
    }
  }

  /** Whether the network is on its way. */
  get isLoading() {
    return this.#personal === null && this.#loading !== null;
  }

  /** Whether what is kept could be learnt. */
  get isReady() {
    return this.list.length === 0 || this.#personal !== null;
  }

  /** Fetches the network, once. */
  async #load() {
    this.#loading ??= this.#fetched();
    try {
      this.#personal = await this.#loading;
    } catch (error) {
      this.#loading = null;
      throw error;
    }
  }

  async #fetched() {
    const [weights, metric] = await Promise.all(["weights.bin", "metric.bin"].map(async (name) => (
      new Float32Array(await (await fetchFile(name)).arrayBuffer())
    )));
    return new Personal({ about: this.#props, weights, metric }, this.#texts);
  }

  /**
   * Keeps what a piece is; `learn` learns it. What was taught of the same picture before is gone.
   *
   * @param {Piece} piece as the page shows it
   * @param {string} label a symbol of the network, or "none"
   * @returns {Correction}
   */
  add({ image, text }, label) {
    const correction = { id: newId(), image, label, answer: this.#symbolOf(text), stands: false };
    this.#corrections.add(correction);
    this.isOn = true;
    return correction;
  }

  /**
   * Learns what was read and let stand by a visitor who corrects what is wrong, where it was not sure.
   *
   * @param {Piece[]} pieces as the page has shown them
   */
  async letStand(pieces) {
    if (!this.isOn || !this.isReady || this.list.length === 0) return;
    const known = new Set(this.list.map(({ image }) => image));
    const told = pieces.filter((piece) => {
      const { image, text, probabilities } = piece;
      return image !== "" && !known.has(image) && !isToldByPlace(piece) && probabilities[text] < SURE;
    });
    if (told.length === 0) return;
    for (const { image, text } of told) {
      this.#corrections.add({ id: newId(), image, label: text, answer: text, stands: true });
    }
    await this.learn();
  }

  /** @param {string} text of a piece */
  #symbolOf(text) {
    return this.#props.symbols.includes(text) ? text : "none";
  }

  /**
   * Takes corrections back; what was sent is withdrawn by `withdraw`.
   *
   * @param {Correction[]} corrections
   */
  async takeBack(corrections) {
    this.#corrections.remove(({ id }) => corrections.some((one) => one.id === id));
    await this.learn();
  }

  /**
   * Undoes `takeBack`.
   *
   * @param {Correction[]} corrections
   * @param {Correction[]} before all that there were
   */
  async bringBack(corrections, before) {
    this.#corrections.bringBack(corrections, before);
    await this.learn();
  }

  /**
   * Sends a correction, if the visitor has agreed; keeps its receipt. Rejects as `deliver` of sending.js.
   *
   * @param {Correction} correction
   * @param {{ read: string, strokes?: Stroke[] }} more what the server read, to be compared with the weights that are
   *   named: the page may have shown what the hand reads
   * @returns {Promise<boolean>} whether it was sent
   */
  async sendOff({ id, image, label }, { read, strokes }) {
    if (!this.canSend || !this.isAgreed) return false;
    const { weights } = this.#props;
    const { session } = this.#corrections;
    const receipt = newId();
    this.#corrections.putReceipt({ id, receipt, hasArrived: false }); // it may arrive though no answer does
    try {
      await deliver(addressOf(ENDPOINT), {
        receipt, session, image, ...(strokes && { strokes }), label, answer: this.#symbolOf(read), weights,
      });
    } catch (error) {
      if (/** @type {import("./sending.js").NotSent} */ (error).isRefused) this.#corrections.removeReceipt(receipt);
      throw error;
    }
    // Else it was withdrawn while it was under way, perhaps before it arrived.
    const isWanted = this.#corrections.sent.some((one) => one.receipt === receipt);
    if (isWanted) this.#corrections.putReceipt({ id, receipt, hasArrived: true });
    else await withdraw(addressOf(ENDPOINT), receipt);
    return isWanted;
  }

  /**
   * Withdraws what was sent. Receipts of what could not be withdrawn are kept; rejects then.
   *
   * @param {string[]} receipts
   */
  async withdraw(receipts) {
    for (const receipt of receipts) {
      await withdraw(addressOf(ENDPOINT), receipt);
      this.#corrections.removeReceipt(receipt);
    }
  }

  /**
   * The receipts of corrections that were taken back.
   *
   * @param {Correction} correction
   */
  receiptsOf({ id }) {
    return this.canSend ? this.#corrections.sent.filter((one) => one.id === id).map(({ receipt }) => receipt) : [];
  }
}
