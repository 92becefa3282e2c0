// @ts-check
// Goes from moment to moment by itself.

const PAUSE = 450; // ms at each moment; chosen: all of them take 13 s

export class MomentPlayer {
  #button;
  #names;
  #next;
  #onEnd;
  #timer = 0;

  /**
   * @param {HTMLElement} button that starts and stops it
   * @param {{ play: string, pause: string }} names of the button
   * @param {() => boolean} next goes to the next moment, if it is there; false if there is none after it
   * @param {() => void} onEnd called when there is none after the last one, not when it is stopped
   */
  constructor(button, names, next, onEnd) {
    this.#button = button;
    this.#names = names;
    this.#next = next;
    this.#onEnd = onEnd;
  }

  get isPlaying() {
    return this.#timer !== 0;
  }

  start() {
    window.clearInterval(this.#timer);
    this.#timer = window.setInterval(() => {
      if (this.#next()) return;
      this.stop();
      this.#onEnd();
    }, PAUSE);
    this.#button.textContent = this.#names.pause;
  }

  stop() {
    if (!this.isPlaying) return;
    window.clearInterval(this.#timer);
    this.#timer = 0;
    this.#button.textContent = this.#names.play;
  }
}
