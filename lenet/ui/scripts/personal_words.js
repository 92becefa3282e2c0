// @ts-check
// The status of a personal answer in words: `status_sentence` of lenet/ui/sentences.py once more. Without the DOM.

import { isDigit, nameOf, probabilityOfNone } from "./piece_texts.js";

/** @import { Answer, Piece, Texts } from "./types.js" */

const MIN_NAMED = 0.15; // probability above which a further possibility is named, as _MIN_NAMED of sentences.py
const FAIRLY_SURE_FROM = 0.5; // confidence, as _FAIRLY_SURE_FROM
const MAX_SEEN_WHOLE = 14; // characters, as _MAX_SEEN_WHOLE

/**
 * @param {Pick<Answer, "text" | "status" | "digits"> & { confidence: number }} answer
 * @param {Texts} texts
 */
export function statusSentence({ text, status, digits, confidence }, texts) {
  if (status === "empty") return texts("status.empty");
  const leftOut = digits.filter((piece) => piece.text === "").length;
  if (status === "not_a_digit") return texts(leftOut === 1 ? "status.not_a_digit" : "status.no_digits");
  let said = statusOfText({ status, digits, confidence }, texts);
  if (text.length > MAX_SEEN_WHOLE || text.includes("\n")) {
    const count = [...text].filter(isDigit).length;
    said = texts("status.of_many", { digits: texts("status.digits", { count }), status: said });
  }
  return leftOut > 0 ? texts("status.with_left_out", { count: leftOut, status: said }) : said;
}

/**
 * @param {Pick<Answer, "status" | "digits"> & { confidence: number }} answer
 * @param {Texts} texts
 */
function statusOfText({ status, digits, confidence }, texts) {
  if (status === "ok") return texts("status.sure");
  const unsure = digits.filter((piece) => piece.status === "unsure");
  if (unsure.length === 0) {
    return texts(confidence >= FAIRLY_SURE_FROM ? "status.fairly_sure" : "status.not_sure");
  }
  if (unsure.length > 1) return texts("status.several_unsure", { count: unsure.length });
  return texts("status.unsure", { either: eitherOf(unsure[0], digits.length > 1, texts) });
}

/**
 * What a piece may be: "4 or 9", or with articles "a 4 or a 9"; "1 or a slash"; "4, or no digit".
 *
 * @param {Piece} piece
 * @param {boolean} withArticle
 * @param {Texts} texts
 */
function eitherOf(piece, withArticle, texts) {
  const rivals = Object.entries({ ...piece.probabilities, "": probabilityOfNone(piece) })
    .filter(([symbol]) => symbol !== piece.text)
    .sort(([, one], [, other]) => other - one)
    .filter(([, share], rank) => rank === 0 || share > MIN_NAMED)
    .map(([symbol]) => symbol);
  const named = [piece.text, ...rivals.filter((symbol) => symbol !== "")].map((symbol) => (
    withArticle && isDigit(symbol) ? texts("either.digit", { count: Number(symbol) }) : nameOf(symbol, texts)
  ));
  const last = named.pop() ?? "";
  const either = named.length > 0
    ? texts("either.or", { first: named.join(texts("either.comma")), last }) : last;
  if (!rivals.includes("")) return either;
  return texts(isDigit(piece.text) ? "either.or_no_digit" : "either.or_no_sign", { either });
}
