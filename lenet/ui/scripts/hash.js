// @ts-check
// What the part of the address after "#" says: `#drawing=1AbC&piece=1&moment=3&layer=c3`. Without the DOM.

const MAX_LENGTH = 4000; // characters; what is beyond is not looked at, and a drawing that is cut there is damaged
const MAX_KEYS = 24;

/**
 * @typedef {object} Where
 * @property {string} drawing as `stroke_code.js` writes it; empty for none
 * @property {string} piece number of the chosen piece; empty for none
 * @property {string} tab empty for the first
 * @property {string} moment number of the chosen moment of the training; empty for none
 * @property {Record<string, string | string[]>} inside where the visitor is inside the network: all other keys
 */

/**
 * @param {string} hash with or without "#"; may be anything
 * @returns {Where}
 */
export function parsedHash(hash) {
  const pairs = hash.slice(0, MAX_LENGTH).replace(/^#/, "").split("&", MAX_KEYS);
  /** @type {Map<string, string | string[]>} */
  const entries = new Map();
  for (const pair of pairs) {
    const [, key, value] = /^([a-z]+)=(.+)$/.exec(pair) ?? [];
    if (key) entries.set(key, value.includes(",") ? value.split(",").map(unescaped) : unescaped(value));
  }
  const take = (/** @type {string} */ key) => {
    const value = entries.get(key) ?? "";
    entries.delete(key);
    return String(value);
  };
  const [drawing, piece, tab, moment] = ["drawing", "piece", "tab", "moment"].map(take);
  return { drawing, piece, tab, moment, inside: Object.fromEntries(entries) };
}

/**
 * @param {Omit<Where, "inside"> & { inside: Record<string, unknown> | null }} where what is empty or null is left
 *   out, also within `inside`
 * @returns {string} with "#"; empty where there is nothing to say
 */
export function hashOf({ drawing, piece, tab, moment, inside }) {
  const entries = Object.entries({ drawing, piece, tab, moment, ...inside });
  const said = entries.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return said.length > 0 ? `#${said.map(([key, value]) => `${key}=${escaped(value)}`).join("&")}` : "";
}

/** @param {unknown} value one, or several */
function escaped(value) {
  return [value].flat().map((one) => encodeURIComponent(String(one))).join(",");
}

/** @param {string} text */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
