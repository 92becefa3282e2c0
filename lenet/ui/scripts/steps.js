// @ts-check
// How it got there: each step from the pen or the photo to the network, for the piece that is chosen.
//
// Nothing is asked for while the panel is closed or the pen is down.

import { find, listen } from "./dom.js";
import { Requests } from "./requests.js";
import { StepsView } from "./steps_view.js";
import { isSame, subjectOf } from "./steps_subject.js";
import { inTime } from "./timeout.js";

/** @import { Component, Explanation } from "./types.js" */
/** @import { Subject } from "./steps_subject.js" */
/** @typedef {Explanation & { subject: Subject }} Explained */

const TIME_OUT = 60_000; // ms: a photo is read once more
const PAUSE = 150; // ms for which a choice has to stay: the mouse crosses many pieces

/** @param {Component} component */
export function startSteps({ element, props, server }) {
  const panel = find(element, ".steps", HTMLDetailsElement);
  const view = new StepsView(panel);
  let isPenDown = false;
  let isStale = false; // the drawing has changed, but no answer could be had
  /** @type {Subject["answer"] | null} */
  let answer = null;
  let piece = 0;
  /** @type {Subject | null} what is asked about */
  let wanted = null;
  /** @type {Subject | null} what is shown */
  let shown = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @type {Requests<Explained>} */
  const requests = new Requests({ send: ask, isLive: () => wanted !== null, onAnswer: show, onFailure: fail });

  panel.addEventListener("toggle", update);
  listen(`${props.channel}:busy`, (isBusy) => { isPenDown = isBusy; update(); });
  listen(`${props.channel}:chosen`, (number) => { piece = number; update(); });
  listen(props.channel, (newest) => {
    isStale = newest?.stale === true;
    if (!isStale) answer = newest;
    update();
  });

  function update() {
    const subject = subjectOf(answer, piece);
    if (!subject) {
      shown = null;
      view.clear();
    }
    const isSettled = !isPenDown && !isStale;
    view.setStale(subject !== null && !(isSettled && isSame(subject, shown)));
    want(panel.open && isSettled && !isSame(subject, shown) ? subject : null);
  }

  /** @param {Subject | null} subject */
  function want(subject) {
    if (isSame(subject, wanted)) return;
    clearTimeout(timer);
    requests.settle(); // an answer about another piece counts no more
    wanted = subject;
    if (subject) timer = setTimeout(() => requests.changed(), PAUSE);
  }

  /** @returns {Promise<Explained | undefined>} */
  async function ask() {
    const subject = wanted;
    if (!subject) return undefined;
    const question = { ...subject.answer.source, piece: subject.piece };
    const explanation = await inTime(() => server.show_steps(question), TIME_OUT, undefined);
    return explanation && { ...explanation, subject };
  }

  /** @param {Explained} explanation */
  function show(explanation) {
    if (!isSame(explanation.subject, wanted)) return;
    shown = wanted;
    view.show(explanation);
    update();
  }

  /** @param {Explained | undefined} failed */
  function fail(failed) {
    view.fail(failed?.error);
    if (failed) wanted = null; // the same again would fail again
  }
}
