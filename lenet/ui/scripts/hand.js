// @ts-check
// What stands between the server's answers and the page: the visitor's own hand. As long as nothing was taught, that
// is nothing.
//
// The event `lenet:hand` says that the same answer may have to be read in another way now.

import { listen, send } from "./dom.js";

/** @import { Answer, Photo } from "./types.js" */
/** @typedef {(answer: Partial<Answer>) => Partial<Answer>} Rewrite */

/** @type {Rewrite} */
let rewrite = (answer) => answer;

/** @type {WeakMap<Photo, Photo>} */
let photos = new WeakMap();

/** @param {Rewrite} by from now on; called again for each answer after the event `lenet:hand` */
export function setHand(by) {
  rewrite = by;
}

/**
 * A photo as the table shows it; the same one as long as nothing changes.
 *
 * @param {Photo} photo
 */
export function personalPhoto(photo) {
  const known = photos.get(photo);
  if (known) return known;
  const answer = rewrite(photo.answer);
  const { text = photo.text, status = photo.status } = answer;
  const shown = answer === photo.answer ? photo : { ...photo, text, status, answer };
  photos.set(photo, shown);
  return shown;
}

/** The hand has changed: no photo is as it was. */
export function forgetPersonalPhotos() {
  photos = new WeakMap();
}

/** Sends a channel the newest answer as the visitor's hand has it, and once more whenever that changes. */
export class PersonalAnswers {
  #channel;
  #before;
  /** @type {Partial<Answer> | null} of the server */
  #answer = null;
  #isStale = false;
  #chosen = -1;

  /**
   * @param {string} channel
   * @param {(answer: Answer, isAgain: boolean) => void} before called with each answer before the channel has it,
   *   and with whether it is the answer to the same as before
   */
  constructor(channel, before = () => {}) {
    this.#channel = channel;
    this.#before = before;
    listen(`${channel}:chosen`, (number) => { this.#chosen = number; });
    listen(channel, (answer) => {
      this.#isStale = answer?.stale === true;
      if (!answer) this.#answer = null;
    });
    listen("hand", () => {
      if (this.#answer && !this.#isStale) this.#tell(this.#answer, () => this.#chosen, true);
    });
  }

  /**
   * @param {Partial<Answer> | null} answer of the server
   * @param {(answer: Answer) => number | undefined} choose gives the number of the piece to be shown
   */
  tell(answer, choose = () => undefined) {
    this.#tell(answer, choose, false);
    this.#answer = answer;
  }

  /**
   * @param {Partial<Answer> | null} answer of the server
   * @param {(answer: Answer) => number | undefined} choose
   * @param {boolean} isAgain whether the server's answer is the same as before
   */
  #tell(answer, choose, isAgain) {
    const shown = answer && /** @type {Answer} */ (rewrite(answer));
    if (shown?.digits) this.#before(shown, isAgain);
    send(this.#channel, shown?.digits ? { ...shown, chosen: choose(shown) } : shown);
  }
}
