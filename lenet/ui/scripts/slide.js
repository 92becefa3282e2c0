// @ts-check
// The kernel that slides slowly over its map.

const PAUSE = 900; // ms at each place; chosen: long enough to read a sum

export class Slide {
  #button;
  #names;
  #step;
  #timer = 0;

  /**
   * @param {HTMLElement} button that starts and stops it
   * @param {{ start: string, stop: string }} names of the button
   * @param {() => void} step goes to the next place
   */
  constructor(button, names, step) {
    this.#button = button;
    this.#names = names;
    this.#step = step;
    button.addEventListener("click", () => (this.#timer ? this.stop() : this.start()));
  }

  start() {
    clearInterval(this.#timer);
    this.#timer = window.setInterval(this.#step, PAUSE);
    this.#button.textContent = this.#names.stop;
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#button.textContent = this.#names.start;
  }
}
