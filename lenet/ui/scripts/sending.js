// @ts-check
// Sends a correction to the maker of the page, and withdraws it. Without the DOM.

const WAIT = 20_000; // ms for an answer
const PAUSE = 2000; // ms before a second try

/**
 * What is sent, with the visitor's consent: nothing else.
 *
 * @typedef {object} Parcel
 * @property {string} image base64 of 28 × 28 bytes
 * @property {number[][][]} [strokes] where the picture was drawn on the pad
 * @property {string} label what it is
 * @property {string} answer what the network of these weights read
 * @property {string} weights their version
 * @property {string} receipt made at random: the right to withdraw it
 * @property {string} session tells which corrections are by one hand
 */

/** Why something was not sent: the server's sentence, or nothing where none came. */
export class NotSent extends Error {
  /**
   * @param {string} sentence
   * @param {boolean} isRefused whether the server has not got it; else it may have
   */
  constructor(sentence, isRefused) {
    super(sentence);
    this.isRefused = isRefused;
  }
}

/**
 * Resolves once the server has got it. Where no answer came it is sent a second time, which the server knows by the
 * receipt; rejects with `NotSent`.
 *
 * @param {string} address of the endpoint
 * @param {Parcel} parcel
 */
export async function deliver(address, parcel) {
  try {
    await post(address, parcel);
  } catch (error) {
    if (/** @type {NotSent} */ (error).isRefused) throw error;
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    await post(address, parcel);
  }
}

/**
 * @param {string} address
 * @param {Parcel} parcel
 */
async function post(address, parcel) {
  const answer = await asked(address, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(parcel),
  });
  if (answer.status === 201) return;
  const { error } = await answer.json().catch(() => ({}));
  throw new NotSent(typeof error === "string" ? error : "", answer.status >= 400 && answer.status < 500);
}

/**
 * Resolves once it is withdrawn, also where it was gone before or has never arrived; rejects with `NotSent`.
 *
 * @param {string} address of the endpoint
 * @param {string} receipt
 */
export async function withdraw(address, receipt) {
  const answer = await asked(`${address}/${encodeURIComponent(receipt)}`, { method: "DELETE" });
  if (![204, 404].includes(answer.status)) throw new NotSent("", false);
}

/**
 * @param {string} address
 * @param {RequestInit} request
 */
async function asked(address, request) {
  try {
    return await fetch(address, { ...request, signal: AbortSignal.timeout(WAIT) });
  } catch {
    throw new NotSent("", false); // no connection
  }
}
