// @ts-check
// Sends a correction to the maker of the page, and withdraws it. Without the DOM.

const WAIT = 20_000; // ms for an answer

/**
 * What is sent, with the visitor's consent: nothing else.
 *
 * @typedef {object} Parcel
 * @property {string} image base64 of 28 × 28 bytes
 * @property {number[][][]} [strokes] where the picture was drawn on the pad
 * @property {string} label what it is
 * @property {string} answer what was read
 * @property {string} weights their version
 * @property {string} session tells which corrections are by one hand
 */

/**
 * @param {string} address of the endpoint
 * @param {Parcel} parcel
 * @returns {Promise<string>} the receipt; rejects with an Error whose message is the server's sentence, or empty
 */
export async function sent(address, parcel) {
  const answer = await asked(address, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(parcel),
  });
  const { receipt, error } = await answer.json().catch(() => ({}));
  if (answer.status !== 201 || typeof receipt !== "string") throw new Error(typeof error === "string" ? error : "");
  return receipt;
}

/**
 * Resolves once it is withdrawn, also where it was gone before; rejects as `sent`.
 *
 * @param {string} address of the endpoint
 * @param {string} receipt
 */
export async function withdrawn(address, receipt) {
  const answer = await asked(`${address}/${encodeURIComponent(receipt)}`, { method: "DELETE" });
  if (![204, 404].includes(answer.status)) throw new Error("");
}

/**
 * @param {string} address
 * @param {RequestInit} request
 */
async function asked(address, request) {
  try {
    return await fetch(address, { ...request, signal: AbortSignal.timeout(WAIT) });
  } catch {
    throw new Error(""); // no connection
  }
}
