// @ts-check
// Passing on what is on the pad: as a link, or as a picture.

import { copyText } from "./clipboard.js";
import { find, listen } from "./dom.js";
import { download } from "./download.js";
import { pictureOf } from "./picture.js";

/** @import { Address } from "./address.js" */
/** @import { Notice } from "./notice.js" */
/** @import { Answer, Scene, Texts } from "./types.js" */

const NOT_IN_A_NAME = /[^\dx+=.,-]+/g; // of a file
const LONGEST_NAME = 40; // characters

export class PassingOn {
  /** @type {Answer | null} */
  #answer = null;
  #pad;
  #texts;

  /**
   * @param {HTMLElement} element
   * @param {string} channel
   * @param {{ address: Address, notice: Notice, scene: () => Scene }} pad
   * @param {Texts} texts
   */
  constructor(element, channel, pad, texts) {
    this.#pad = pad;
    this.#texts = texts;
    const share = find(element, ".share", HTMLElement);
    const save = find(element, ".save", HTMLElement);
    share.addEventListener("click", () => this.#share(share));
    save.addEventListener("click", () => this.#save());
    listen(`${channel}:drawn`, ({ strokes }) => save.setAttribute("aria-disabled", String(strokes.length === 0)));
    listen(channel, (answer) => { this.#answer = answer?.status ? answer : null; });
  }

  /** @param {HTMLElement} button */
  async #share(button) {
    const { address, notice } = this.#pad;
    if (!address.write()) {
      notice.sayBriefly(this.#texts("share.too_long"));
      return;
    }
    if (hasShareSheet()) {
      // Rejects also where the visitor thinks better of it.
      await navigator.share({ title: document.title, url: location.href }).catch(() => {});
      return;
    }
    const isDone = await copyText(location.href, button);
    notice.sayBriefly(this.#texts(isDone ? "share.copied" : "share.not_copied"));
  }

  async #save() {
    const scene = this.#pad.scene();
    if (scene.strokes.length === 0) return;
    const name = (this.#answer?.text ?? "").replace(NOT_IN_A_NAME, "_").slice(0, LONGEST_NAME);
    const picture = await pictureOf(scene, this.#answer, this.#texts);
    if (picture) download(picture, name ? `lenet-${name}.png` : "lenet.png");
  }
}

/** Where one taps, a link is sent on by the system's own dialogue; a mouse copies it. */
function hasShareSheet() {
  return "share" in navigator && matchMedia("(pointer: coarse)").matches;
}
