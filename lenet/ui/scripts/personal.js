// @ts-check
// Answers as the visitor's own hand has them: what each piece reads, and how sure that is, is told by the network with
// its last layer adapted to their corrections. Without the DOM.

import { adapted } from "./adaptation.js";
import { SIDE, forward, networkOf } from "./lenet.js";
import { composed } from "./personal_text.js";
import { statusSentence } from "./personal_words.js";
import { isDigit, isToldByPlace } from "./piece_texts.js";

/** @import { WeightedSum } from "./inside_types.js" */
/** @import { Answer, Piece, Status, Texts } from "./types.js" */

/**
 * What the page tells of the network, as `about` of lenet/ui/teach.py makes it.
 *
 * @typedef {object} About
 * @property {string[]} symbols of the outputs, the last "none"
 * @property {number} temperature by which the logits are divided
 * @property {number} refuse_from probability of "none" above which a piece is left out
 * @property {Record<"logit" | "weakest" | "posterior", number>} confidence weights of the features of a whole text
 */

const SURE_FROM = 0.9; // confidence, as SURE_FROM of lenet/reading/result.py
const LEAST = 1e-9; // probability, so that its logarithm is finite
const LARGEST = 6; // bound on a logit, as _LARGEST of lenet/reading/confidence.py
const SAME = 0.005; // change of a probability up to which a piece is the server's; bars show whole percents
// Nats by which the network has to speak louder than before against what size or place have told; chosen.
const OVERRULED_BY = 1;
const REMEMBERED = 500; // pieces whose features are kept: those of a page, or what is on the pad while it grows

export class Personal {
  #about;
  #texts;
  #network;
  #metric;
  /** @type {WeightedSum | null} the adapted outputs; null where there is nothing to learn */
  #output = null;
  /** @type {Map<string, string>} by their pictures, what pieces are */
  #taught = new Map();
  /** @type {Map<string, Float32Array>} outputs of f6 by picture */
  #features = new Map();

  /**
   * @param {{ about: About, weights: Float32Array, metric: Float32Array }} network weights as `networkOf` takes them,
   *   and the metric as `adapted` does
   * @param {Texts} texts
   */
  constructor({ about, weights, metric }, texts) {
    this.#about = about;
    this.#texts = texts;
    this.#network = networkOf(weights);
    this.#metric = metric;
  }

  /** @param {{ image: string, label: string, stands?: boolean }[]} corrections of symbols that the network has */
  learn(corrections) {
    const { symbols } = this.#about;
    const taught = corrections.filter(({ stands }) => !stands);
    this.#taught = new Map(taught.map(({ image, label }) => [image, label === "none" ? "" : label]));
    this.#output = corrections.length === 0 ? null : adapted(this.#network.output, this.#metric, corrections.map(
      ({ image, label }) => ({ features: this.#featuresOf(image), label: symbols.indexOf(label) }),
    ));
  }

  /**
   * @template {Partial<Answer>} A
   * @param {A} answer of the server
   * @returns {A} the same one where there is nothing to read or nothing was taught
   */
  rewrite(answer) {
    const output = this.#output;
    if (!output || !answer.digits?.length) return answer;
    const whole = /** @type {Answer} */ (/** @type {unknown} */ (answer));
    const pieces = whole.digits.map((piece) => this.#pieceOf(piece, output));
    const hand = { output, read: whole.digits.map((piece) => piece.text) };
    if (pieces.every((piece, number) => piece === whole.digits[number])) return { ...answer, hand };
    const { text, layout, digits } = composed(whole, pieces);
    const confidence = digits.some((piece) => isDigit(piece.text)) ? this.#confidenceOf(whole, digits) : 0;
    /** @type {Status} */
    const status = confidence === 0 ? "not_a_digit" : confidence >= SURE_FROM ? "ok" : "unsure";
    const words = statusSentence({ text, status, digits, confidence }, this.#texts);
    const doubtful = leastSure(digits);
    return { ...answer, text, layout, digits, confidence, status, words, doubtful, hand };
  }

  /**
   * @param {Piece} piece
   * @param {WeightedSum} output
   * @returns {Piece} the same one where the adapted network says the same
   */
  #pieceOf(piece, output) {
    if (isToldByPlace(piece) || piece.image === "") return piece;
    const features = this.#featuresOf(piece.image);
    const before = this.#probabilities(features, this.#network.output);
    const after = this.#probabilities(features, output);
    const text = this.#taught.get(piece.image) ?? this.#textOf(piece.text, before, after);
    if (text === piece.text && after.every((share, at) => Math.abs(share - before[at]) <= SAME)) return piece;
    const { symbols } = this.#about;
    const probabilities = Object.fromEntries(symbols.slice(0, -1).map((symbol, at) => [symbol, after[at]]));
    const shown = text || likeliest(probabilities, symbols.filter(isDigit));
    return {
      ...piece, text, probabilities,
      digit: isDigit(shown) ? Number(shown) : null,
      status: text === "" ? "not_a_digit" : probabilities[text] >= SURE_FROM ? "ok" : "unsure",
    };
  }

  /**
   * What a piece reads. Where the server did not follow the network, as a slash is taller than a 1, the adapted
   * network has to speak louder than before.
   *
   * @param {string} text of the server
   * @param {number[]} before probabilities of the network as it was
   * @param {number[]} after probabilities of the adapted network
   */
  #textOf(text, before, after) {
    const [was, is] = [before, after].map((shares) => this.#readFrom(shares));
    const { symbols } = this.#about;
    const here = symbols.indexOf(text || "none");
    if (was === here) return symbols[is].replace("none", "");
    const lead = (/** @type {number[]} */ shares, /** @type {number} */ of) =>
      Math.log(Math.max(shares[of], LEAST)) - Math.log(Math.max(shares[here], LEAST));
    return lead(after, is) > lead(before, was) + OVERRULED_BY ? symbols[is].replace("none", "") : text;
  }

  /** @param {number[]} shares */
  #readFrom(shares) {
    const none = shares.length - 1;
    if (shares[none] > this.#about.refuse_from) return none;
    return shares.indexOf(Math.max(...shares.slice(0, none)));
  }

  /**
   * As in lenet/network/classifiers.py: softmax of the logits over the temperature; that of "none" is 0.
   *
   * @param {Float32Array} features
   * @param {WeightedSum} output
   */
  #probabilities(features, { weights, biases }) {
    const logits = [...biases, 0];
    for (let at = 0; at < biases.length; at++) {
      for (let source = 0; source < features.length; source++) {
        logits[at] += features[source] * weights[at * features.length + source];
      }
    }
    const largest = Math.max(...logits);
    const shares = logits.map((logit) => Math.exp((logit - largest) / this.#about.temperature));
    const sum = shares.reduce((total, share) => total + share, 0);
    return shares.map((share) => share / sum);
  }

  /** @param {string} image base64 of 28 × 28 bytes */
  #featuresOf(image) {
    const known = this.#features.get(image);
    if (known) return known;
    const pixels = Float32Array.from(atob(image), (byte) => byte.charCodeAt(0) / 255);
    if (pixels.length !== SIDE ** 2) throw new RangeError(`image: wanted 784 bytes, got ${pixels.length}`);
    const { f6 } = forward(this.#network, pixels);
    const [oldest] = this.#features.keys();
    if (this.#features.size >= REMEMBERED) this.#features.delete(oldest);
    this.#features.set(image, f6);
    return f6;
  }

  /**
   * The server's confidence, moved by what the pieces' probabilities are worth in its model. Of a text where the
   * server read none, their product: no more is known of it.
   *
   * @param {Answer} before
   * @param {Piece[]} digits as they are read now
   */
  #confidenceOf({ digits: known, confidence = 0 }, digits) {
    const [was, is] = [known, digits].map(sharesOf);
    if (was.length === 0) return productOf(is);
    const weights = this.#about.confidence;
    const product = logit(productOf(is)) - logit(productOf(was));
    const weakest = logit(Math.min(...is, 1)) - logit(Math.min(...was, 1));
    const moved = logit(confidence) + (weights.logit + weights.posterior) * product + weights.weakest * weakest;
    return 1 / (1 + Math.exp(-moved));
  }
}

/**
 * Number of the least sure piece; null if all are sure.
 *
 * @param {Piece[]} digits
 */
function leastSure(digits) {
  const unsure = digits.filter(({ status }) => status === "unsure");
  const least = Math.min(...unsure.map(({ text, probabilities }) => probabilities[text]));
  const number = digits.findIndex(({ status, text, probabilities }) => (
    status === "unsure" && probabilities[text] === least
  ));
  return number < 0 ? null : number;
}

/**
 * The probabilities of what is read; 1 for what its place tells.
 *
 * @param {Piece[]} digits
 */
function sharesOf(digits) {
  return digits.filter(({ text }) => text !== "").map(({ text, probabilities }) => probabilities[text] ?? 1);
}

/** @param {number[]} shares */
function productOf(shares) {
  return shares.reduce((product, share) => product * share, 1);
}

/** @param {number} share in [0, 1] */
function logit(share) {
  return Math.min(LARGEST, Math.max(-LARGEST, Math.log(share / (1 - share))));
}

/**
 * @param {Record<string, number>} probabilities
 * @param {string[]} symbols
 */
function likeliest(probabilities, symbols) {
  return symbols.reduce((one, other) => (probabilities[other] > probabilities[one] ? other : one));
}
