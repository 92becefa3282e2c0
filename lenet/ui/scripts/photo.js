// @ts-check
// Takes photos, has them read one after the other and shows one with its pieces.
//
// The event `lenet:photos` gives the table all photos that have been read and which is shown;
// `lenet:photos-show` requests another.

import { isServerThere } from "./connection.js";
import { find, listen, scrollBehavior, send } from "./dom.js";
import { listenForFiles } from "./files.js";
import { PersonalAnswers, forgetPersonalPhotos, personalPhoto } from "./hand.js";
import { PhotoAlbum } from "./photo_album.js";
import { choosersIn, takeIn } from "./photo_intake.js";
import { PhotoQueue } from "./photo_queue.js";
import { PhotoView } from "./photo_view.js";
import { forgetPictures, picturesOf } from "./pictures.js";
import { withSource } from "./source.js";
import { inTime } from "./timeout.js";

/** @import { Answer, Component, Job, Photo, Texts } from "./types.js" */

const TIME_OUT = 120_000; // ms for one photo: large ones take long over a slow connection
const MEGABYTE = 2 ** 20;

/**
 * @param {Component} component
 * @param {Texts} texts
 */
export function startPhoto({ element, props, server, upload }, texts) {
  const view = find(element, ".photo", HTMLElement);
  const undoButton = find(view, ".undo", HTMLElement);
  const clearButton = find(view, ".clear", HTMLElement);
  const photoView = new PhotoView(view, props.channel, texts);
  const album = new PhotoAlbum();
  const answers = new PersonalAnswers(props.channel, (answer) => photoView.mark(answer));
  const queue = new PhotoQueue({ read, onPhoto: keep, onProgress: () => showProgress(view, queue, texts) });

  listenForFiles(texts);
  listen("photo-example", (name) => add([exampleNamed(name)]));
  listen("photos-show", onRequest);
  listen("hand", () => {
    forgetPersonalPhotos();
    tellTable();
  });
  find(view, ".add", HTMLElement).addEventListener("click", () => choosersIn(view)[0].click());
  find(view, ".cancel", HTMLElement).addEventListener("click", () => queue.cancel());
  clearButton.addEventListener("click", clear);
  undoButton.addEventListener("click", undo);
  takeIn(view, (files) => add([...files].map(jobOf))); // may add some at once

  /**
   * A photo added twice is shown again, not read again, unless that failed.
   *
   * @param {Job[]} jobs
   */
  function add(jobs) {
    const fresh = jobs.filter(({ key }) => !queue.has(key) && !album.has(key));
    if (fresh.length > 0) {
      album.hasChosen = false;
      queue.add(fresh);
      return;
    }
    const number = album.numberOf(jobs.at(-1)?.key);
    if (number >= 0) show(number); // else it is waiting
  }

  /**
   * @param {File} file
   * @returns {Job}
   */
  function jobOf(file) {
    return {
      name: file.name || texts("photo.pasted"),
      key: `${file.name}/${file.size}/${file.lastModified}`,
      read: async () => {
        if (file.size > props.max_megabytes * MEGABYTE) {
          const values = { name: file.name, megabytes: props.max_megabytes };
          return { error: texts("photo.too_many_bytes", values) };
        }
        const { path } = await upload(file);
        return withSource({ upload: path }, server.read_uploaded(path));
      },
    };
  }

  /**
   * @param {string} name
   * @returns {Job}
   */
  function exampleNamed(name) {
    return { name, key: name, read: () => withSource({ example: name }, server.read_example(name)) };
  }

  /**
   * @param {Job} job
   * @param {Promise<undefined>} stopped
   * @returns {Promise<Photo>}
   */
  async function read({ name, key, read: call }, stopped) {
    const late = { error: texts("photo.too_late") };
    /** @type {Partial<Answer> & { preview?: string }} */
    const result = (await inTime(call, TIME_OUT, late, stopped)) ?? { error: await reasonOfFailure() };
    const { preview = "", ...answer } = result;
    const pictures = preview ? await picturesOf(preview) : {};
    const { text = "", status = "error", error = "" } = answer;
    return { name, key, text, status, error, answer, ...pictures };
  }

  async function reasonOfFailure() {
    const isThere = await isServerThere();
    return texts(isThere ? "photo.server_failed" : "photo.no_connection");
  }

  /** @param {Photo} photo */
  function keep(photo) {
    album.keep(photo);
    if (album.hasChosen) tellTable();
    else show(album.shown);
  }

  /** @param {number} number */
  function show(number) {
    album.shown = number;
    const photo = album.current;
    clearButton.setAttribute("aria-disabled", String(album.photos.length === 0));
    undoButton.hidden = album.cleared.length === 0;
    photoView.show(photo);
    tellTable();
    answers.tell(photo?.answer ?? null);
  }

  function tellTable() {
    send("photos", { photos: album.photos.map(personalPhoto), shown: album.shown });
  }

  /** @param {number} number */
  function onRequest(number) {
    album.hasChosen = true;
    show(number);
    view.scrollIntoView({ block: "nearest", behavior: scrollBehavior() });
  }

  function clear() {
    queue.cancel();
    if (album.photos.length === 0) return;
    album.clear().forEach(forgetPictures);
    show(-1);
  }

  function undo() {
    album.undo();
    show(album.shown);
    clearButton.focus(); // the button pressed is gone
  }
}

/**
 * @param {HTMLElement} view
 * @param {PhotoQueue} queue
 * @param {Texts} texts
 */
function showProgress(view, { isReading, total, read }, texts) {
  const bar = find(view, "progress", HTMLProgressElement);
  find(view, ".progress", HTMLElement).hidden = !isReading || total === 0;
  if (total > 1) [bar.max, bar.value] = [total, read];
  else bar.removeAttribute("value"); // how long one takes nobody knows
  find(view, ".count", HTMLElement).textContent = total > 1
    ? texts("photo.progress", { read, total }) : texts("photo.progress.one");
}
