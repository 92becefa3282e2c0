// @ts-check
// When the drawing is sent to the server, and which answers count. Without the DOM.

const PAUSE = 80; // ms between two requests while the pen moves
const PAUSE_AFTER_FAILURE = 1000; // ms; doubled after each further failure for the same drawing
const LONGEST_PAUSE = 30_000; // ms

/** The browser's clock; tests pass their own. */
const CLOCK = {
  now: () => performance.now(),
  /** @type {(act: () => void, wait: number) => any} */
  start: (act, wait) => setTimeout(act, wait),
  /** @type {(timer: any) => void} */
  stop: (timer) => clearTimeout(timer),
};

/**
 * While the drawing grows there is one request under way, and the newest drawing wins. An answer
 * counts only if no answer to a newer drawing is there.
 *
 * @template {{ error?: string }} A
 */
export class Requests {
  #version = 0; // counts the changes of the drawing
  #shown = 0; // version that has been answered
  #sent = 0; // version of the newest request
  #underWay = 0; // requests
  #lastSent = -Infinity; // time of the newest request
  #pause = PAUSE;
  #pauseAfterFailure = PAUSE_AFTER_FAILURE;
  /** @type {any} */
  #timer = null;
  #options;
  #clock;

  /**
   * @param {{
   *   send: () => Promise<A | undefined>,
   *   isLive: () => boolean,
   *   onAnswer: (answer: A, roundTrip: number) => void,
   *   onFailure: (answer: A | undefined) => void,
   * }} options `send` sends the drawing as it is and does not reject; `isLive` says whether the
   *   drawing still grows; `roundTrip` is in ms
   * @param {typeof CLOCK} clock
   */
  constructor(options, clock = CLOCK) {
    this.#options = options;
    this.#clock = clock;
  }

  /** The drawing has changed. */
  changed() {
    this.#version += 1;
    this.#pauseAfterFailure = PAUSE_AFTER_FAILURE;
    if (this.#options.isLive()) this.#sendSoon();
  }

  /** Ignores the answers to requests under way. */
  forget() {
    this.#shown = this.#version - 1;
  }

  /** Whether there is no answer to the drawing as it is. */
  get isWaiting() {
    return this.#shown !== this.#version;
  }

  /** Sends the drawing again, now, if there is no answer to it. */
  retry() {
    if (!this.isWaiting) return;
    this.#pauseAfterFailure = PAUSE_AFTER_FAILURE;
    this.#sent = 0;
    this.send();
  }

  /** The drawing as it is needs no answer. */
  settle() {
    this.#clock.stop(this.#timer);
    this.#timer = null;
    this.#shown = this.#sent = this.#version;
  }

  #sendSoon() {
    if (this.#timer !== null || this.#underWay > 0) return;
    const wait = this.#lastSent + this.#pause - this.#clock.now();
    this.#timer = this.#clock.start(() => this.send(), Math.max(0, wait));
  }

  /** Sends the drawing now, also beside a request under way, unless it has been sent. */
  async send() {
    this.#clock.stop(this.#timer);
    this.#timer = null;
    if (this.#version === this.#sent) return;
    const version = (this.#sent = this.#version);
    const start = (this.#lastSent = this.#clock.now());
    this.#underWay += 1;
    const answer = await this.#options.send();
    this.#underWay -= 1;
    this.#take(answer, version, this.#clock.now() - start);
    if (this.#options.isLive() && this.#version > this.#sent) this.#sendSoon();
  }

  /**
   * @param {A | undefined} answer
   * @param {number} version
   * @param {number} roundTrip
   */
  #take(answer, version, roundTrip) {
    if (version <= this.#shown) return; // a newer answer, or none at all, is on the page
    if (answer) [this.#pause, this.#pauseAfterFailure] = [PAUSE, PAUSE_AFTER_FAILURE];
    if (answer && !answer.error) {
      this.#shown = version;
      this.#options.onAnswer(answer, roundTrip);
    } else if (version === this.#sent) {
      this.#sent = 0; // so that the same drawing can be sent again
      if (!answer) this.#sendLater();
      this.#options.onFailure(answer);
    }
  }

  /** Without an answer the drawing is sent again and again, less and less often. */
  #sendLater() {
    this.#pause = this.#pauseAfterFailure;
    this.#pauseAfterFailure = Math.min(2 * this.#pause, LONGEST_PAUSE);
    this.#timer ??= this.#clock.start(() => this.send(), this.#pause);
  }
}
