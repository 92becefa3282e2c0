// @ts-check
// What the page's head runs: one function for each component.

import { startAnswer } from "./answer.js";
import { startExamples } from "./examples.js";
import { startFoot } from "./foot.js";
import { startInside } from "./inside.js";
import { startPhoto } from "./photo.js";
import { startResults } from "./results.js";
import { startSketchpad } from "./sketchpad.js";
import { startSteps } from "./steps.js";
import { startTeaching } from "./teach.js";
import { textsOf } from "./texts.js";
import { startTimeline } from "./timeline.js";

/** @import { Component, Texts } from "./types.js" */

/**
 * The functions that start the components, by the components' names.
 *
 * @param {Record<string, string | Record<string, string>>} catalogue
 */
export function components(catalogue) {
  const texts = textsOf(catalogue);

  /** @param {(component: Component, texts: Texts) => void} start */
  const withTexts = (start) => (/** @type {Component} */ component) => start(component, texts);

  return {
    answer: withTexts((component, texts) => {
      startAnswer(component, texts);
      if (component.props.teach) startTeaching(component, texts);
    }),
    examples: withTexts(startExamples),
    foot: withTexts(startFoot),
    inside: startInside,
    photo: withTexts(startPhoto),
    results: withTexts(startResults),
    sketchpad: withTexts(startSketchpad),
    steps: startSteps,
    timeline: startTimeline,
  };
}
