// @ts-check
// Photos that wait to be read, one after the other. Without the DOM.

/** @import { Job, Photo } from "./types.js" */

const PROGRESS_DELAY = 400; // ms before the progress of a single photo is shown

export class PhotoQueue {
  /** Photos of this batch, read or not; 0 where none is to be read. */
  total = 0;

  isReading = false;

  /** @type {Job[]} */
  #waiting = [];
  #batch = 0; // grows when a batch is given up: what comes back then is late
  #options;
  #stop = () => {};

  /**
   * @param {{
   *   read: (job: Job, stopped: Promise<undefined>) => Promise<Photo>,
   *   onPhoto: (photo: Photo) => void,
   *   onProgress: () => void,
   * }} options `read` does not reject; `stopped` resolves when its photo is no longer wanted
   */
  constructor(options) {
    this.#options = options;
  }

  /** How many photos of this batch have been read. */
  get read() {
    return this.total - this.#waiting.length;
  }

  /** @param {string} key */
  has(key) {
    return this.#waiting.some((job) => job.key === key);
  }

  /** @param {Job[]} jobs */
  add(jobs) {
    this.#waiting.push(...jobs);
    this.total += jobs.length;
    this.#readAll();
  }

  /** Gives up what has not been read. */
  cancel() {
    this.#batch += 1;
    this.#waiting = [];
    this.total = 0;
    this.#stop();
    this.#options.onProgress();
  }

  /** One at a time: neither the server nor the page ever holds more than one of many. */
  async #readAll() {
    if (this.isReading) return;
    this.isReading = true;
    const timer = setTimeout(this.#options.onProgress, PROGRESS_DELAY);
    const batch = this.#batch;
    while (this.#waiting.length > 0 && this.#batch === batch) {
      if (this.total > 1) this.#options.onProgress();
      /** @type {Promise<undefined>} */
      const stopped = new Promise((resolve) => { this.#stop = () => resolve(undefined); });
      const photo = await this.#options.read(this.#waiting[0], stopped);
      if (this.#batch !== batch) break;
      this.#waiting.shift();
      this.#options.onPhoto(photo);
    }
    clearTimeout(timer);
    this.isReading = false;
    if (this.#waiting.length > 0) {
      this.#readAll(); // added after a batch was given up
      return;
    }
    this.total = 0;
    this.#options.onProgress();
  }
}
