// @ts-check
// "No, it was a …": a button below the answer, and a badge once something was taught. All else is fetched when one of
// them is first used, or at once where the browser keeps corrections.

import { find, listen } from "./dom.js";
import { setHand } from "./hand.js";
import { addStyle, fetchFile, importFile } from "./page_files.js";
import { isToldByPlace } from "./piece_texts.js";

/** @import { OwnHand } from "./own_hand.js" */
/** @import { TeachView } from "./teach_view.js" */
/** @import { Answer, Component, Texts } from "./types.js" */
/** @typedef {{ hand: OwnHand, viewIn: (root: HTMLElement) => TeachView }} Parts */

const KEY = "lenet.hand"; // in the browser's storage, as KEY of corrections.js

/**
 * @param {Component} component
 * @param {Texts} texts
 */
export function startTeaching({ element, props }, texts) {
  const root = find(element, ".teach", HTMLElement);
  const button = find(root, ".no", HTMLElement);
  const badge = find(root, ".badge", HTMLElement);
  const toggle = find(root, ".toggle", HTMLElement);
  /** @type {Partial<Answer> | null} */
  let answer = null;
  let chosen = -1;
  /** @type {TeachView | null} */
  let view = null;

  listen(props.channel, (newest) => {
    answer = newest;
    update();
  });
  listen(`${props.channel}:chosen`, (number) => {
    chosen = number;
    update();
  });
  listen("hand", showHand);
  button.addEventListener("click", () => open(button, "teach.no", (view) => view.ask(button, subject())));
  badge.addEventListener("click", () => open(badge, "", (view) => view.list()));
  toggle.addEventListener("click", async () => (await load(props.teach)).hand.toggle());
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY) begin();
  });
  if (isAnythingKept()) begin();

  function update() {
    const piece = answer?.digits?.[chosen];
    button.hidden = !piece || isToldByPlace(piece);
  }

  /** What is to be taught, and the strokes if all of them are of this piece. */
  function subject() {
    const { digits = [], source } = answer ?? {};
    const strokes = digits.length === 1 ? source?.strokes : undefined;
    return { piece: digits[chosen], isAlone: digits.length === 1, strokes };
  }

  /** @param {{ count: number, isOn: boolean, isReady: boolean }} hand */
  function showHand({ count, isOn, isReady }) {
    root.classList.toggle("taught", count > 0);
    toggle.setAttribute("aria-checked", String(isOn && isReady));
    badge.textContent = isReady ? texts("teach.badge", { count }) : texts("teach.failed");
  }

  function begin() {
    load(props.teach).catch(() => showHand({ count: 1, isOn: true, isReady: false }));
  }

  /**
   * @param {HTMLElement} opener says so where it fails
   * @param {string} key of its text; empty where an event tells it
   * @param {(view: TeachView) => void} act
   */
  async function open(opener, key, act) {
    try {
      view ??= (await load(props.teach)).viewIn(root);
      if (key) opener.textContent = texts(key);
      act(view);
    } catch {
      opener.textContent = texts("teach.failed");
    }
  }
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

/** @param {object} props as `about` of lenet/ui/teach.py makes them */
function load(props) {
  parts ??= fetchParts(props).catch((error) => {
    parts = null;
    throw error;
  });
  return parts;
}

/**
 * @param {object} props
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
  hand.learn().catch(() => {}); // told by the event
  return { hand, viewIn };
}
