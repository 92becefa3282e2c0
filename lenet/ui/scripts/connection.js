// @ts-check
// Whether there is a connection. Without the DOM.

const HEALTH = "gradio_api/app_id"; // the cheapest answer of Gradio's server
const WAIT = 3000; // ms

/**
 * Gradio's client does not say why a call of the server came to nothing.
 *
 * @returns {Promise<boolean>} whether the server can be reached
 */
export async function isServerThere() {
  try {
    await fetch(HEALTH, { cache: "no-store", signal: AbortSignal.timeout(WAIT) });
    return true; // whatever it answers
  } catch {
    return false;
  }
}
