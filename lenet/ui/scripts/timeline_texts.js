// @ts-check
// The timeline of the training in words. Without the DOM.

import { percent } from "./texts.js";

/** @import { TimelineIndex } from "./timeline_types.js" */
/** @import { Texts } from "./types.js" */

const KNOWS_LITTLE = 0.5; // accuracy below which a favourite answer says more than it
const FAVOURITE = 0.25; // share of one answer that is worth telling: a tenth is right for a digit

/**
 * A symbol as it is spoken of: "an 8", "a closing bracket" or "no digit".
 *
 * @param {string} symbol
 * @param {Texts} texts
 */
export function nameOfSymbol(symbol, texts) {
  if (symbol === "none") return texts("piece.no_digit");
  return /^[0-9]$/.test(symbol) ? texts("timeline.digit", { count: Number(symbol) }) : texts(`sign.${symbol}`);
}

/**
 * A count as "7,424" or "13 million".
 *
 * @param {number} count
 * @param {string} language
 */
export function countOf(count, language) {
  const isLong = count >= 1e6;
  return new Intl.NumberFormat(language, isLong ? {
    notation: "compact", compactDisplay: "long", maximumSignificantDigits: 2,
  } : {}).format(count);
}

/**
 * As "After 7,424 images, in epoch 1 of 50".
 *
 * @param {TimelineIndex} index
 * @param {number} number of the moment
 * @param {Texts} texts
 */
export function textOfMoment({ moments, epochs }, number, texts) {
  const { images, epoch } = moments[number];
  const values = { images: countOf(images, texts("language")), epoch, epochs };
  return number === moments.length - 1 ? texts("timeline.moment.last", values) : texts("timeline.moment", values);
}

/**
 * As "It calls this an 8, 97 % sure."
 *
 * @param {string} symbol
 * @param {number} share in [0, 1]
 * @param {Texts} texts
 */
export function textOfAnswer(symbol, share, texts) {
  return texts("timeline.answer", { reading: nameOfSymbol(symbol, texts), percent: percent(share, texts) });
}

/**
 * What else there is to say of a moment.
 *
 * @param {TimelineIndex} index
 * @param {number} number of the moment
 * @param {Texts} texts
 */
export function remarkOn({ moments, heldOut }, number, texts) {
  const { accuracy, favourite, share } = moments[number];
  if (accuracy < KNOWS_LITTLE && share > FAVOURITE) {
    const reading = nameOfSymbol(favourite, texts);
    return texts("timeline.remark.favourite", { reading, percent: percent(share, texts) });
  }
  const values = { accuracy: shareOf(accuracy, texts), total: countOf(heldOut, texts("language")) };
  return texts(number === moments.length - 1 ? "timeline.remark.last" : "timeline.remark", values);
}

/**
 * A share with a decimal, for accuracies that differ little: "97.6 %".
 *
 * @param {number} share in [0, 1]
 * @param {Texts} texts
 */
export function shareOf(share, texts) {
  return texts("answer.percent", { percent: texts.tenths(100 * share) });
}
