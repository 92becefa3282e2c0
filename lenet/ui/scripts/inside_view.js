// @ts-check
// The view of the inside of the network: computes all layers of the newest drawing, and shows one of three levels.

import { AllMaps } from "./all_maps.js";
import { find, isMotionReduced, isOnScreen, listen, send } from "./dom.js";
import { fadeIn } from "./growth.js";
import { START, moved } from "./inside_state.js";
import { titleOf } from "./inside_texts.js";
import { forward, networkOf, withOutput } from "./lenet.js";
import { Likeness } from "./likeness.js";
import { OneMap } from "./one_map.js";
import { Saliency } from "./saliency.js";
import { textsOf } from "./texts.js";

/** @import { Activations, InsideState } from "./inside_types.js" */
/** @import { Answer, Texts } from "./types.js" */

const NONE = "∅"; // the symbol for "no digit"

/**
 * @typedef {object} Options
 * @property {HTMLDetailsElement} panel holds the template
 * @property {Float32Array} weights as `networkOf` takes them
 * @property {Worker} worker runs `listenForQuestions`
 * @property {Uint8Array} sheet of training digits, as `digitOf` takes it
 * @property {string} channel
 * @property {string[]} symbols of the outputs, the last for "none"
 */

/**
 * What the page fetches: a function that starts a view.
 *
 * @param {Record<string, string | Record<string, string>>} catalogue
 */
export function viewsOf(catalogue) {
  const texts = textsOf(catalogue);
  return (/** @type {Options} */ options) => new InsideView(options, texts);
}

class InsideView {
  #state = START;
  #image = "";
  #computed = ""; // the image whose layers are known
  /** @type {Float32Array} */
  #pixels = new Float32Array(0);
  /** @type {Activations | null} */
  #layers = null;
  #frame = 0;
  #isSeen = true;
  #width = 0;

  #texts;
  #panel;
  #channel;
  #symbols;
  #weights;
  #worker;
  #network;
  /** @type {Answer["hand"]} */
  #hand;
  #all;
  #one;
  #saliency;
  #told;
  /** @type {NodeListOf<HTMLElement>} */
  #levels;

  /**
   * @param {Options} options
   * @param {Texts} texts
   */
  constructor({ panel, weights, worker, sheet, channel, symbols }, texts) {
    this.#texts = texts;
    this.#panel = panel;
    this.#channel = channel;
    this.#symbols = symbols.map((symbol) => (symbol === "none" ? NONE : symbol));
    this.#weights = weights;
    this.#worker = worker;
    this.#network = networkOf(weights);
    this.#told = find(panel, ".inside-told", HTMLElement);
    this.#levels = panel.querySelectorAll("[data-level]");
    const options = {
      symbols: this.#symbols, network: this.#network,
      onGo: (/** @type {Partial<InsideState>} */ wanted) => this.#goByHand(wanted),
      onSlide: (/** @type {Partial<InsideState>} */ wanted) => this.#isVisible && this.#move(wanted),
    };
    this.#all = new AllMaps(find(panel, ".inside-all", HTMLElement), options, texts);
    this.#one = new OneMap(find(panel, ".inside-one", HTMLElement), options, texts);
    const likeness = new Likeness(find(panel, ".inside-alike", HTMLElement), sheet, texts);
    this.#saliency = new Saliency(find(panel, ".inside-why", HTMLElement), {
      symbols, weights, worker, onGo: options.onGo,
      onNeighbours: (numbers) => likeness.show(numbers),
    }, texts);
    worker.postMessage(sheet);
    this.#listen();
  }

  #listen() {
    for (const button of this.#levels) {
      button.addEventListener("click", () => this.#goByHand({ level: Number(button.dataset.level) }));
    }
    listen(`${this.#channel}:busy`, (isPenDown) => this.#saliency.setPen(isPenDown));
    this.#panel.addEventListener("keydown", (event) => this.#onKey(event));
    new ResizeObserver(() => {
      if (this.#panel.clientWidth !== this.#width) this.#layOut();
    }).observe(this.#panel);
    new IntersectionObserver((entries) => {
      this.#isSeen = entries[entries.length - 1].isIntersecting;
      this.#drawSoon();
    }).observe(this.#panel);
  }

  /**
   * @param {string} image base64 of 28 × 28 bytes; empty for no drawing
   * @param {Answer["hand"]} hand whose outputs the network has
   */
  show(image, hand) {
    if (hand?.output !== this.#hand?.output) this.#take(hand);
    this.#image = image;
    this.#drawSoon();
  }

  /** @param {Answer["hand"]} hand */
  #take(hand) {
    this.#hand = hand;
    const weights = hand ? withOutput(this.#weights, hand.output) : this.#weights;
    Object.assign(this.#network, networkOf(weights));
    this.#worker.postMessage(weights);
    this.#computed = "";
  }

  /** @param {Partial<Record<keyof InsideState, unknown>>} wanted whatever does not fit is left out */
  go(wanted) {
    this.#one.stop();
    this.#move(wanted);
    send(`${this.#channel}:inside`, this.#state);
  }

  /** @param {Partial<Record<keyof InsideState, unknown>>} wanted */
  #move(wanted) {
    const { level, layer } = this.#state;
    this.#state = moved(this.#state, wanted);
    if (level !== this.#state.level || layer !== this.#state.layer || this.#width === 0) this.#layOut();
    this.#drawSoon();
  }

  /** @param {Partial<InsideState>} wanted */
  #goByHand(wanted) {
    const { level, layer } = this.#state;
    const from = level === 1 ? this.#all.boxOf(moved(this.#state, wanted)) : this.#one.box;
    this.go(wanted);
    const { level: now, layer: there } = this.#state;
    if (level === now && layer === there) return;
    const title = titleOf(this.#state, this.#symbols, this.#texts);
    this.#told.textContent = `${this.#texts(`inside.level.${now}`)}: ${title}`;
    if (level !== now) this.#change(level, from);
    if (level !== now && now === 3) this.#one.slideUnlessPinned();
    if (level === 1 && wanted.layer) this.#one.focus(); // a map was opened
  }

  /**
   * @param {number} before the level
   * @param {DOMRect} from where the map was there
   */
  #change(before, from) {
    this.#draw();
    if (isMotionReduced()) return;
    if (before === 1) this.#one.growFrom(from);
    else if (this.#state.level === 1) this.#all.shrinkFrom(from);
    else fadeIn([find(this.#panel, ".numbers", HTMLElement)]);
  }

  /**
   * Escape leads one level up. It does not clear the pad, as it does elsewhere.
   *
   * @param {KeyboardEvent} event
   */
  #onKey(event) {
    if (event.key !== "Escape" || this.#state.level === 1) return;
    event.stopPropagation();
    const { level, layer } = this.#state;
    this.#goByHand({ level: level - 1 });
    if (level === 2) this.#all.focus(layer);
  }

  // --- Drawing -------------------------------------------------------------------

  #layOut() {
    if (!this.#panel.open || !isOnScreen(this.#panel)) return;
    const { level } = this.#state;
    this.#width = this.#panel.clientWidth;
    for (const button of this.#levels) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.level) === level));
    }
    find(this.#panel, ".inside-all", HTMLElement).hidden = level !== 1;
    find(this.#panel, ".inside-one", HTMLElement).hidden = level === 1;
    if (level === 1) this.#all.layOut();
    else this.#one.layOut(this.#state);
    this.#drawSoon();
  }

  get #isVisible() {
    return this.#isSeen && this.#panel.open && isOnScreen(this.#panel);
  }

  /** At the next frame, once, if anybody can see it. */
  #drawSoon() {
    if (this.#frame !== 0 || !this.#isVisible) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    if (this.#computed !== this.#image) {
      this.#computed = this.#image;
      this.#pixels = imageOf(this.#image);
      this.#layers = this.#image ? withNone(forward(this.#network, this.#pixels)) : null;
    }
    this.#panel.classList.toggle("nothing", this.#layers === null);
    (this.#state.level === 1 ? this.#all : this.#one).draw(this.#state, this.#layers);
    this.#saliency.draw(this.#state, this.#pixels, this.#layers);
  }
}

/**
 * @param {string} bytes base64
 * @returns {Float32Array} in [0, 1]
 */
function imageOf(bytes) {
  return Float32Array.from(atob(bytes), (byte) => byte.charCodeAt(0) / 255);
}

/**
 * @param {Activations} layers
 * @returns {Activations} with the fixed logit of "none"
 */
function withNone(layers) {
  return { ...layers, output: Float32Array.of(...layers.output, 0) };
}
