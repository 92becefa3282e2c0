// @ts-check
// Calls of the server, which may fail or never come back. Without the DOM.

/**
 * What a call resolves to; undefined where it rejects.
 *
 * @template T, L
 * @param {() => Promise<T>} call
 * @param {number} wait in ms
 * @param {L} late what to give when that time is over
 * @param {Promise<undefined>} [stopped] resolves when the answer is no longer wanted
 * @returns {Promise<T | L | undefined>}
 */
export async function inTime(call, wait, late, stopped) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<L>} */
  const tooLate = new Promise((resolve) => { timer = setTimeout(resolve, wait, late); });
  try {
    return await Promise.race([call(), tooLate, ...(stopped ? [stopped] : [])]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
