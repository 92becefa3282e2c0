// @ts-check
// How the network learnt: what it was at a moment of its training reads the drawing, beside how well it did then.

import { find } from "./dom.js";
import { SIDE } from "./lenet.js";
import { gridOf, paintInk } from "./map_grid.js";
import { MomentPlayer } from "./moment_player.js";
import { Snapshots } from "./snapshots.js";
import { textsOf } from "./texts.js";
import { DIGITS, answerOf, imageOf } from "./timeline_answer.js";
import { Bars, write } from "./timeline_bars.js";
import { heightsOf, lineThrough, ticksOf } from "./timeline_chart.js";
import { Kernels } from "./timeline_kernels.js";
import { countOf, remarkOn, shareOf, textOfAnswer, textOfMoment } from "./timeline_texts.js";

/** @import { TimelineIndex } from "./timeline_types.js" */
/** @import { Texts } from "./types.js" */

const NONE = "∅"; // the symbol for "no digit"

/**
 * @typedef {object} Options
 * @property {HTMLElement} body holds the template
 * @property {TimelineIndex} index
 * @property {ArrayBuffer} first network, as `networkOfSnapshot` takes it
 * @property {(moment: number) => Promise<ArrayBuffer>} fetchSnapshot
 * @property {(moment: number | null) => void} onChoice called with the moment that the visitor has chosen; null while
 *   the panel is closed
 */

/**
 * What the page fetches: a function that starts a view.
 *
 * @param {Record<string, string | Record<string, string>>} catalogue
 */
export function viewsOf(catalogue) {
  const texts = textsOf(catalogue);
  return (/** @type {Options} */ options) => new TimelineView(options, texts);
}

class TimelineView {
  #moment = 0;
  #isChosen = false; // by the visitor, or by an address: the first is where it begins
  #image = "";
  #isOpen = false;
  #isWaiting = true; // for the network of the moment
  #frame = 0;

  #texts;
  #index;
  #heights;
  #snapshots;
  #player;
  #bars;
  #kernels;
  #body;
  #onChoice;
  #slider;
  #chart;
  /** @param {string} selector */
  #part = (selector) => find(this.#body, selector, HTMLElement);

  /**
   * @param {Options} options
   * @param {Texts} texts
   */
  constructor({ body, index, first, fetchSnapshot, onChoice }, texts) {
    this.#texts = texts;
    this.#index = index;
    this.#heights = heightsOf(index.moments);
    this.#body = body;
    this.#onChoice = onChoice;
    this.#slider = find(body, ".timeline-slider", HTMLInputElement);
    this.#chart = this.#part(".timeline-chart");
    this.#snapshots = new Snapshots(index.moments.length, fetchSnapshot, () => {
      if (this.#isWaiting) this.#drawSoon();
    });
    this.#snapshots.put(0, first);
    this.#bars = new Bars(this.#part(".timeline-bars"), index.symbols, texts);
    this.#kernels = new Kernels(find(this.#part(".timeline-kernels"), "canvas", HTMLCanvasElement), index.largest);
    const play = this.#part(".timeline-play");
    const names = { play: texts("timeline.play"), pause: texts("timeline.pause") };
    this.#player = new MomentPlayer(play, names, () => this.#playOn(), () => { this.#stay(); this.#tell(); });
    play.addEventListener("click", () => this.#onPlay());
    this.#slider.addEventListener("input", () => this.choose(Number(this.#slider.value)));
    for (const event of ["pointerdown", "keydown"]) this.#slider.addEventListener(event, () => this.#pause());
    this.#describe();
  }

  /** @param {string} image base64 of 28 × 28 bytes; empty for no drawing */
  show(image) {
    this.#image = image;
    this.#drawSoon();
  }

  /** @param {boolean} isOpen whether the panel is */
  setOpen(isOpen) {
    this.#isOpen = isOpen;
    if (isOpen) this.#go(this.#moment);
    else {
      this.#pause();
      this.#snapshots.pause();
    }
    if (this.#isChosen) this.#onChoice(isOpen ? this.#moment : null);
  }

  /** @param {number} moment the nearest that there is */
  choose(moment) {
    this.#player.stop();
    this.#go(Math.max(0, Math.min(moment, this.#index.moments.length - 1)));
    this.#stay();
  }

  // --- From moment to moment -----------------------------------------------------

  /** @param {number} moment */
  #go(moment) {
    this.#moment = moment;
    this.#slider.value = String(moment);
    this.#snapshots.want(moment);
    this.#drawSoon();
  }

  /** Where the visitor stays is a moment that they have chosen. */
  #stay() {
    this.#isChosen = true;
    this.#onChoice(this.#moment);
  }

  #pause() {
    if (!this.#player.isPlaying) return;
    this.#player.stop();
    this.#stay();
  }

  get #isAtEnd() {
    return this.#moment === this.#index.moments.length - 1;
  }

  #onPlay() {
    if (this.#player.isPlaying) {
      this.#pause();
      return this.#tell();
    }
    this.#go(this.#isAtEnd ? 0 : this.#moment);
    this.#player.start();
  }

  /** Waits for the next network, unless it could not be had: then it ends there, where that is told. */
  #playOn() {
    const next = this.#moment + 1;
    const hasFailed = this.#snapshots.hasFailed(next);
    if (hasFailed || this.#snapshots.at(next)) this.#go(next);
    return !hasFailed && !this.#isAtEnd;
  }

  // --- Drawing -------------------------------------------------------------------

  #describe() {
    const { moments, heldOut } = this.#index;
    const last = moments[moments.length - 1];
    this.#part(".timeline-about").textContent = this.#texts("timeline.about", { count: moments.length });
    this.#slider.max = String(moments.length - 1);
    find(this.#chart, "svg", SVGElement).setAttribute("viewBox", `0 0 ${moments.length - 1} 1`);
    const { accuracies, losses } = this.#heights;
    find(this.#chart, "path.accuracies", SVGElement).setAttribute("d", lineThrough(accuracies));
    find(this.#chart, "path.losses", SVGElement).setAttribute("d", lineThrough(losses));
    this.#chart.setAttribute("aria-label", this.#texts("timeline.chart.label", {
      total: heldOut,
      first: shareOf(moments[0].accuracy, this.#texts), last: shareOf(last.accuracy, this.#texts),
      high: this.#texts.hundredths(moments[0].loss), low: this.#texts.hundredths(last.loss),
    }));
    this.#part(".timeline-ticks").replaceChildren(...ticksOf(moments).map(({ images, at }) => {
      const tick = document.createElement("span");
      tick.textContent = countOf(images, this.#texts("language"));
      tick.style.setProperty("--at", String(at));
      return tick;
    }));
  }

  /** At the next frame, once, if the panel is open. */
  #drawSoon() {
    if (this.#frame !== 0 || !this.#isOpen) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawMoment();
      this.#drawAnswer();
    });
  }

  #drawMoment() {
    const { accuracy, loss } = this.#index.moments[this.#moment];
    write(this.#part(".timeline-moment"), textOfMoment(this.#index, this.#moment, this.#texts));
    write(this.#part(".timeline-remark"), remarkOn(this.#index, this.#moment, this.#texts));
    write(this.#part(".timeline-accuracy"), shareOf(accuracy, this.#texts));
    write(this.#part(".timeline-loss"), this.#texts.hundredths(loss));
    const { accuracies, losses } = this.#heights;
    this.#chart.style.setProperty("--at", String(this.#moment / (this.#index.moments.length - 1)));
    this.#part(".dot.accuracies").style.setProperty("--height", String(accuracies[this.#moment]));
    this.#part(".dot.losses").style.setProperty("--height", String(losses[this.#moment]));
  }

  #drawAnswer() {
    const { symbols, temperature, example } = this.#index;
    const pixels = imageOf(this.#image || example);
    this.#part(".timeline-source").hidden = this.#image !== "";
    this.#drawInk(pixels);
    const network = this.#snapshots.at(this.#moment);
    this.#isWaiting = network === undefined;
    this.#body.classList.toggle("waiting", this.#isWaiting);
    if (!network) return this.#say(this.#textWhileWaiting);
    const answered = answerOf(network, pixels, temperature);
    const symbol = symbols[answered.likeliest];
    const glyph = this.#part(".timeline-glyph");
    write(glyph, symbol === "none" ? NONE : symbol);
    glyph.classList.toggle("sign", answered.likeliest >= DIGITS);
    this.#bars.show(answered);
    this.#kernels.show(network.c1.weights);
    this.#say(textOfAnswer(symbol, answered.shares[answered.likeliest], this.#texts));
  }

  get #textWhileWaiting() {
    const hasFailed = this.#snapshots.hasFailed(this.#moment);
    return this.#texts(hasFailed ? "timeline.not_loaded" : "timeline.loading");
  }

  /** @param {string} answer */
  #say(answer) {
    write(this.#part(".timeline-said"), answer);
    const moment = textOfMoment(this.#index, this.#moment, this.#texts);
    this.#slider.setAttribute("aria-valuetext", this.#texts("timeline.value", { moment, answer }));
  }

  /** What a screen reader is told where it stops, once that is drawn: while it plays, moments go by too fast. */
  #tell() {
    requestAnimationFrame(() => {
      this.#part(".timeline-told").textContent = this.#slider.getAttribute("aria-valuetext");
    });
  }

  /** @param {Float32Array} pixels */
  #drawInk(pixels) {
    const picture = new ImageData(SIDE, SIDE);
    paintInk(picture.data, gridOf({ maps: 1, side: SIDE, columns: 1, gap: 0 }), pixels);
    find(this.#body, ".timeline-seen", HTMLCanvasElement).getContext("2d")?.putImageData(picture, 0, 0);
  }
}
