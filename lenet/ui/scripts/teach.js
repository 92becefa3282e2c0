// @ts-check
// "No, it was a …": a button beside the answer. All else is fetched when it is first used, or at once where the browser
// keeps corrections.

import { find, isOnScreen, listen } from "./dom.js";
import { setHand } from "./hand.js";
import { addStyle, fetchFile, importFile } from "./page_files.js";
import { isToldByPlace } from "./piece_texts.js";
import { hold } from "./pieces.js";

/** @import { Subject, TeachView } from "./teach_view.js" */
/** @import { Answer, Component, Texts } from "./types.js" */
/** @typedef {{ viewIn: (root: HTMLElement) => TeachView }} Parts */

const KEY = "lenet.hand"; // in the browser's storage, as KEY of corrections.js

/**
 * @param {Component} component
 * @param {Texts} texts
 */
export function startTeaching({ element, props }, texts) {
  const root = find(element, ".teach", HTMLElement);
  const button = find(root, ".no", HTMLElement);
  /** @type {Partial<Answer> | null} */
  let answer = null;
  let chosen = -1;
  /** @type {TeachView | null} */
  let view = null;
  /** @type {Subject | null} what was asked about last */
  let asked = null;

  listen(props.channel, (newest) => {
    answer = newest;
    update();
  });
  listen(`${props.channel}:chosen`, (number) => {
    chosen = number;
    update();
  });
  listen(`${props.channel}:busy`, forget); // the drawing changes
  listen(`${props.channel}:let_stand`, () => view?.letStand(answer?.digits ?? []));
  button.addEventListener("click", async () => {
    hold(props.channel, chosen);
    const subject = asked = subjectNow();
    const loaded = await load();
    if (asked === subject && isOnScreen(button)) loaded?.ask(button, subject);
  });
  listen("hand", () => view ?? load()); // it was taught on the other tab
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY) load();
  });
  if (isAnythingKept()) load();

  function update() {
    const piece = answer?.digits?.[chosen];
    button.hidden = !piece || isToldByPlace(piece);
    if (asked && !areSame(asked, subjectNow())) forget();
  }

  /** What was asked about is no longer what is shown. */
  function forget() {
    asked = null;
    view?.dismiss();
  }

  /** @returns {Subject} what is to be taught, and the strokes if all of them are of this piece */
  function subjectNow() {
    const { digits = [], hand, source } = answer ?? {};
    const isAlone = digits.length === 1;
    const piece = digits[chosen];
    return { piece, isAlone, read: hand?.read[chosen] ?? piece?.text, strokes: isAlone ? source?.strokes : undefined };
  }

  async function load() {
    try {
      parts ??= fetchParts(props.teach);
      const { viewIn } = await parts;
      view ??= viewIn(root);
    } catch {
      parts = null;
      button.hidden = false;
    }
    button.textContent = view ? texts("teach.no") : texts("teach.failed");
    return view;
  }
}

/**
 * @param {Subject} one
 * @param {Subject} other
 */
function areSame({ piece, isAlone }, other) {
  return piece?.image === other.piece?.image && piece?.text === other.piece?.text && isAlone === other.isAlone;
}

function isAnythingKept() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

/** @type {Promise<Parts> | null} the same for both tabs */
let parts = null;

/**
 * @param {object} props as `about` of lenet/ui/teach.py makes them
 * @returns {Promise<Parts>}
 */
async function fetchParts(props) {
  const [{ startHand }, template] = await Promise.all([
    importFile("teach.js"),
    fetchFile("teach.html").then((file) => file.text()),
    addStyle("teach.css"),
  ]);
  const { hand, viewIn } = startHand(props, template);
  setHand((answer) => hand.rewrite(answer));
  return { viewIn };
}
