// @ts-check
// What the page's head runs: one function for each component.

import { startAnswer } from "./answer.js";
import { startExamples } from "./examples.js";
import { startPhoto } from "./photo.js";
import { startResults } from "./results.js";
import { startSketchpad } from "./sketchpad.js";
import { textsOf } from "./texts.js";

/** @import { Component } from "./types.js" */

/**
 * The functions that bring the components to life, by the components' names.
 *
 * @param {Record<string, string | Record<string, string>>} catalogue
 */
export function components(catalogue) {
  const texts = textsOf(catalogue);
  return {
    answer: (/** @type {Component} */ component) => startAnswer(component, texts),
    examples: startExamples,
    photo: (/** @type {Component} */ component) => startPhoto(component, texts),
    results: (/** @type {Component} */ component) => startResults(component, texts),
    sketchpad: (/** @type {Component} */ component) => startSketchpad(component, texts),
  };
}
