// @ts-check
// The photos that have been read, and which of them is shown. Without the DOM.

/** @import { Photo } from "./types.js" */

export class PhotoAlbum {
  /** @type {Photo[]} */
  photos = [];

  /** @type {Photo[]} what was there before the last `clear` */
  cleared = [];

  /** Number of the photo shown; -1 for none. */
  shown = -1;

  /** Whether the visitor picked it; else the newest is shown. */
  hasChosen = false;

  /** @returns {Photo | undefined} */
  get current() {
    return this.photos[this.shown];
  }

  /**
   * Whether a photo was read without a failure: then it need not be read again.
   *
   * @param {string} key
   */
  has(key) {
    return this.photos.some((photo) => photo.key === key && !photo.error);
  }

  /** @param {string | undefined} key */
  numberOf(key) {
    return this.photos.findIndex((photo) => photo.key === key);
  }

  /**
   * Keeps a photo, in the place of an attempt that has failed.
   *
   * @param {Photo} photo
   */
  keep(photo) {
    const failed = this.numberOf(photo.key);
    const number = failed < 0 ? this.photos.length : failed;
    this.photos[number] = photo;
    if (!this.hasChosen) this.shown = number;
  }

  /** @returns {Photo[]} what is forgotten for good: the photos before those that `undo` brings back */
  clear() {
    const forgotten = this.cleared;
    this.cleared = this.photos;
    this.photos = [];
    this.shown = -1;
    return forgotten;
  }

  /** Brings back what was cleared, before what has been added since. */
  undo() {
    const keys = new Set(this.cleared.map(({ key }) => key));
    this.photos = [...this.cleared, ...this.photos.filter(({ key }) => !keys.has(key))];
    this.cleared = [];
    this.shown = this.photos.length - 1;
  }
}
