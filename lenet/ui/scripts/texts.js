// @ts-check
// Texts of the catalogue, and numbers as they are written in its language. Without the DOM.

/** @import { Texts } from "./types.js" */

/**
 * @param {Record<string, string | Record<string, string>>} catalogue as described in texts.py
 * @returns {Texts} throws for a key or a value that is not there
 */
export function textsOf(catalogue) {
  const language = String(catalogue.language);
  const plurals = new Intl.PluralRules(language);

  /**
   * @param {string} key
   * @param {Record<string, string | number>} values
   */
  function texts(key, values = {}) {
    const entry = catalogue[key];
    if (entry === undefined) throw new RangeError(`wanted a key of the catalogue, got ${key}`);
    const { count } = values;
    const text = typeof entry === "string" ? entry
      : entry[`=${count}`] ?? entry[plurals.select(Number(count))] ?? entry.other;
    return text.replace(/\{(\w+)\}/g, (_, name) => {
      if (!(name in values)) throw new RangeError(`${key}: wanted a value for ${name}, got none`);
      return String(values[name]);
    });
  }

  const [whole, tenths, hundredths] = [0, 1, 2].map((digits) => new Intl.NumberFormat(language, {
    minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false,
  }));

  return Object.assign(texts, { whole: whole.format, tenths: tenths.format, hundredths: hundredths.format });
}

/**
 * @param {number} share in [0, 1]
 * @param {Texts} texts
 */
export function percent(share, texts) {
  return texts("answer.percent", { percent: Math.round(100 * share) });
}

/**
 * Milliseconds, to a tenth below ten; a dash for what is not known.
 *
 * @param {number | undefined} value
 * @param {Texts} texts
 */
export function milliseconds(value, texts) {
  if (value === undefined) return "–";
  return texts("answer.milliseconds", { milliseconds: value < 10 ? texts.tenths(value) : texts.whole(value) });
}
