// @ts-check
// The pieces of a reading, and how one of them is chosen.
//
// Pad, photo and answer show the same pieces, each an element with `data-piece`, its
// number. Any of them may choose a piece by the event `lenet:<channel>:choose`; the
// answer keeps the choice and sends it on as `lenet:<channel>:chosen`, which all follow.

import { listen, send } from "./dom.js";

/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * By channel, the piece that was clicked. It stays chosen: on the way from it to a button, or to the bars, the pointer
 * passes over others. A second click, or another answer, lets it go.
 *
 * @type {Map<string, number>}
 */
const held = new Map();

/**
 * Holds a piece, which is asked about: where the pointer comes to rest says nothing.
 *
 * @param {string} channel
 * @param {number} number
 */
export function hold(channel, number) {
  held.set(channel, number);
}

/**
 * @param {string} channel
 * @param {number} number
 */
export function choose(channel, number) {
  send(`${channel}:choose`, number);
}

/**
 * Lets pointer, focus and arrow keys choose among the pieces in `container`. Only the chosen
 * one, or the first where that is not shown, is a stop of the Tab key: a page of 200 digits is
 * one stop, not 200.
 *
 * @param {HTMLElement} container
 * @param {string} channel
 */
export function offer(container, channel) {
  /** @param {Event} event */
  const onEvent = (event) => {
    const piece = pieceOf(event);
    if (!piece || (event.type === "pointerover" && held.has(channel))) return;
    const number = Number(piece.dataset.piece);
    if (event.type === "click" && held.get(channel) === number) held.delete(channel);
    else if (event.type === "click") hold(channel, number);
    choose(channel, number);
  };
  for (const kind of ["pointerover", "click", "focusin"]) container.addEventListener(kind, onEvent);
  container.addEventListener("keydown", (event) => step(container, event));
  listen(channel, (answer) => {
    if (answer?.chosen !== held.get(channel)) held.delete(channel);
  });
  follow(container, channel);
}

/**
 * Marks the chosen piece in `container`.
 *
 * @param {HTMLElement} container
 * @param {string} channel
 */
export function follow(container, channel) {
  listen(`${channel}:chosen`, (number) => {
    const pieces = piecesIn(container);
    const isChosen = (/** @type {HTMLElement} */ piece) => Number(piece.dataset.piece) === number;
    for (const piece of pieces) piece.classList.toggle("chosen", isChosen(piece));
    // Whether its own style shows it, be it on a tab that is hidden.
    const buttons = pieces.filter((piece) => (
      piece.tagName === "BUTTON" && getComputedStyle(piece).display !== "none"
    ));
    const stop = buttons.find(isChosen) ?? buttons[0];
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(isChosen(button)));
      button.tabIndex = button === stop ? 0 : -1;
    }
  });
}

/**
 * @param {HTMLElement} container
 * @param {KeyboardEvent} event
 */
function step(container, event) {
  const piece = pieceOf(event);
  if (!(event.key in STEPS) || !piece) return;
  event.preventDefault();
  const pieces = piecesIn(container).filter(({ offsetParent }) => offsetParent);
  pieces[pieces.indexOf(piece) + STEPS[event.key]]?.focus();
}

/**
 * @param {Event} event
 * @returns {HTMLElement | null}
 */
function pieceOf({ target }) {
  return target instanceof Element ? target.closest("[data-piece]") : null;
}

/**
 * @param {HTMLElement} container
 * @returns {HTMLElement[]}
 */
function piecesIn(container) {
  return [...container.querySelectorAll("[data-piece]")].filter((piece) => piece instanceof HTMLElement);
}
