// @ts-check
// The panel that shows the inside of the network. Closed it only remembers the newest answer; what it needs is
// fetched when it is first opened.

import { listenToImage } from "./chosen_image.js";
import { find, listen, send } from "./dom.js";
import { addStyle, addressOf, fetchFile, importFile } from "./page_files.js";

/** @import { Answer, Component } from "./types.js" */
/** @typedef {{ show: (image: string, hand: Answer["hand"]) => void, go: (state: object) => void }} View */

/** @param {Component} component */
export function startInside(component) {
  new Inside(component);
}

class Inside {
  #panel;
  #failed;
  #body;
  #props;
  #image = "";
  /** @type {Answer["hand"]} */
  #hand;
  /** @type {object} */
  #wanted = {};
  /** @type {View | null} */
  #view = null;
  #isLoading = false;

  /** @param {Component} component */
  constructor({ element, props }) {
    this.#panel = find(element, ".inside", HTMLDetailsElement);
    this.#failed = find(element, ".inside-failed", HTMLElement);
    this.#body = find(element, ".inside-body", HTMLElement);
    this.#props = props;
    this.#panel.addEventListener("toggle", () => this.#onToggle());
    listenToImage(props.channel, (image, hand) => this.#onImage(image, hand));
    listen(`${props.channel}:inside:show`, (state) => this.#go(state));
  }

  /**
   * @param {string} image of the chosen piece, in base64; empty if there is none
   * @param {Answer["hand"]} hand by which it was read
   */
  #onImage(image, hand) {
    [this.#image, this.#hand] = [image, hand];
    this.#view?.show(image, hand);
  }

  /** @param {object} state as `lenet:<channel>:inside` sends it */
  #go(state) {
    this.#wanted = state;
    this.#panel.open = true;
    this.#view?.go(state);
  }

  async #onToggle() {
    if (!this.#panel.open) send(`${this.#props.channel}:inside`, null);
    else if (this.#view) this.#view.go({});
    else if (!this.#isLoading) await this.#load();
  }

  async #load() {
    this.#isLoading = true;
    try {
      const { viewOf, template, weights, sheet } = await (parts ??= fetchParts());
      this.#failed.hidden = true;
      this.#body.innerHTML = template;
      const worker = new Worker(addressOf("saliency.js"));
      this.#view = viewOf({ panel: this.#panel, weights, sheet, worker, ...this.#props });
      this.#view?.show(this.#image, this.#hand);
      this.#view?.go(this.#wanted);
    } catch {
      parts = null;
      this.#failed.hidden = false;
    }
    this.#isLoading = false;
  }
}

/** @type {ReturnType<typeof fetchParts> | null} the same for both tabs */
let parts = null;

async function fetchParts() {
  const [{ viewOf }, template, weights, sheet] = await Promise.all([
    importFile("inside.js"),
    fetchFile("inside.html").then((file) => file.text()),
    fetchFile("weights.bin").then((file) => file.arrayBuffer()),
    fetchFile("digits.png").then((file) => file.blob()).then(greyValues),
    addStyle("inside.css"),
  ]);
  return { viewOf, template, weights: new Float32Array(weights), sheet };
}

/**
 * @param {Blob} file a grey picture
 * @returns {Promise<Uint8Array>} its pixels, row by row
 */
async function greyValues(file) {
  const picture = await createImageBitmap(file);
  const { width, height } = picture;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const values = new Uint8Array(width * height);
  for (let pixel = 0; pixel < values.length; pixel++) values[pixel] = data[4 * pixel];
  return values;
}
