// @ts-check
// A visitor's corrections, kept by the browser: pictures and what they show, never what the network makes of them.
// Without the DOM.

import { SIDE } from "./lenet.js";

/**
 * @typedef {object} Correction
 * @property {string} id
 * @property {string} image base64 of 28 × 28 bytes, row by row, 255 = full ink
 * @property {string} label a symbol of the network, or "none"
 * @property {string} answer what the page showed: likewise
 * @property {boolean} stands whether that was let stand, not corrected: `label` and `answer` are the same
 */

/**
 * What was sent with consent, and can be withdrawn.
 *
 * @typedef {object} Sent
 * @property {string} id of the correction, which may be gone
 * @property {string} receipt
 * @property {boolean} hasArrived whether the server has said so; else nobody knows
 */

/** @typedef {{ corrections: Correction[], sent: Sent[], session: string }} Kept */

export const KEY = "lenet.hand"; // also of hand.js
export const MOST = 40; // corrections; chosen: 50 KB, and learnt in 20 ms
export const MOST_STANDING = 10; // of those that were let stand, as STANDING of lenet/learning/hand.py
const MOST_SENT = 500; // receipts; chosen
const LONGEST = 200; // characters of a receipt or an id

export class Corrections {
  /** Whether the browser stores them; else they hold for this visit. */
  isKept = true;

  #storage;
  #symbols;
  /** @type {Kept} */
  #kept;

  /**
   * @param {() => Storage} storage of the browser; throws where that is forbidden
   * @param {string[]} symbols of the network, the last "none"
   */
  constructor(storage, symbols) {
    this.#storage = storage;
    this.#symbols = symbols;
    this.#kept = parsed(null, symbols);
    this.read();
  }

  /** The corrections, and what was let stand beside them, the oldest first. */
  get list() {
    return this.#kept.corrections;
  }

  get sent() {
    return this.#kept.sent;
  }

  /** Takes over what another tab of the browser has stored. */
  read() {
    if (!this.isKept) return; // else what holds for this visit would be lost
    try {
      this.#kept = parsed(this.#storage().getItem(KEY), this.#symbols);
    } catch {
      this.isKept = false;
    }
  }

  /**
   * Adds a correction, in the place of an earlier one of the same picture; beyond `MOST` the oldest goes. Likewise
   * what was let stand, beyond `MOST_STANDING`.
   *
   * @param {Correction} correction
   */
  add(correction) {
    this.#change((kept) => {
      const others = kept.corrections.filter(({ image }) => image !== correction.image);
      return { ...kept, corrections: bounded([...others, correction]) };
    });
  }

  /** @param {(correction: Correction) => boolean} isMeant */
  remove(isMeant) {
    this.#change((kept) => ({ ...kept, corrections: bounded(kept.corrections.filter((one) => !isMeant(one))) }));
  }

  /**
   * Brings back what was removed, each in its place, unless the same picture has been taught since.
   *
   * @param {Correction[]} removed
   * @param {Correction[]} before all that there were, the oldest first
   */
  bringBack(removed, before) {
    const placeOf = (/** @type {Correction} */ { id }) => (
      before.findIndex((one) => one.id === id) + 1 || before.length + 1 // what is new, last
    );
    this.#change((kept) => {
      const missing = removed.filter(({ image }) => !kept.corrections.some((one) => one.image === image));
      const corrections = [...missing, ...kept.corrections].sort((one, other) => placeOf(one) - placeOf(other));
      return { ...kept, corrections: bounded(corrections) };
    });
  }

  /** @param {Sent} sent a new one, or more of one that is known */
  putReceipt(sent) {
    this.#change((kept) => {
      const others = kept.sent.filter(({ receipt }) => receipt !== sent.receipt);
      return { ...kept, sent: [...others, sent].slice(-MOST_SENT) };
    });
  }

  /** @param {string} receipt */
  removeReceipt(receipt) {
    this.#change((kept) => ({ ...kept, sent: kept.sent.filter((one) => one.receipt !== receipt) }));
  }

  /**
   * What tells the maker of the page which corrections are by one hand, and nothing else; made when it is first
   * asked for.
   */
  get session() {
    if (this.#kept.session === "") this.#change((kept) => ({ ...kept, session: kept.session || newId() }));
    return this.#kept.session;
  }

  /** @param {(kept: Kept) => Kept} act */
  #change(act) {
    this.read(); // another tab may have changed it
    this.#kept = act(this.#kept);
    if (!this.isKept) return;
    try {
      const { corrections, sent } = this.#kept;
      const isEmpty = corrections.length === 0 && sent.length === 0;
      if (isEmpty) this.#storage().removeItem(KEY);
      else this.#storage().setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      this.isKept = false; // it is full
    }
  }
}

/** @returns {string} random, 128 bits in hexadecimal */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The newest of them. Where nothing is corrected, nobody has looked, and what was let stand tells nothing.
 *
 * @param {Correction[]} list the oldest first
 */
function bounded(list) {
  const standing = list.filter(({ stands }) => stands);
  const corrected = list.filter(({ stands }) => !stands);
  if (corrected.length === 0) return [];
  const kept = new Set([...standing.slice(-MOST_STANDING), ...corrected.slice(-MOST)]);
  return list.filter((one) => kept.has(one));
}

/**
 * What is stored; whatever is damaged, or of something else, is left out.
 *
 * @param {string | null} text
 * @param {string[]} symbols
 * @returns {Kept}
 */
export function parsed(text, symbols) {
  const { corrections, sent, session } = entriesOf(text);
  return {
    corrections: bounded(listOf(corrections).filter((one) => isCorrection(one, symbols))
      .map(({ id, image, label, answer, stands }) => (
        { id, image, label, answer, stands: stands === true && label === answer }
      ))),
    sent: listOf(sent).filter(isSent).slice(-MOST_SENT)
      .map(({ id, receipt, hasArrived }) => ({ id, receipt, hasArrived: hasArrived === true })),
    session: isWord(session) ? session : "",
  };
}

/**
 * @param {string | null} text
 * @returns {Record<string, unknown>}
 */
function entriesOf(text) {
  try {
    return Object(JSON.parse(text ?? "null"));
  } catch {
    return {};
  }
}

/**
 * @param {unknown} value
 * @returns {any[]}
 */
function listOf(value) {
  return Array.isArray(value) ? value.filter((one) => one !== null && typeof one === "object") : [];
}

/**
 * @param {Record<string, unknown>} correction
 * @param {string[]} symbols
 */
function isCorrection({ id, image, label, answer }, symbols) {
  return isWord(id) && typeof image === "string" && bytesIn(image) === SIDE ** 2
    && [label, answer].every((symbol) => symbols.includes(String(symbol)));
}

/** @param {Record<string, unknown>} sent */
function isSent({ id, receipt }) {
  return isWord(id) && isWord(receipt);
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isWord(value) {
  return typeof value === "string" && value !== "" && value.length <= LONGEST;
}

/** @param {string} base64 */
function bytesIn(base64) {
  try {
    return atob(base64).length;
  } catch {
    return -1;
  }
}
