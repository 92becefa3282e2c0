// @ts-check
// Sends on what belongs to the example clicked.

import { scrollBehavior, send } from "./dom.js";

/** @import { Component } from "./types.js" */

/** @param {Component} component */
export function startExamples({ element, props }) {
  element.querySelectorAll("button").forEach((button, number) => {
    button.addEventListener("click", () => {
      // A small screen shows examples or answer, not both.
      window.scrollTo({ top: 0, behavior: scrollBehavior() });
      send(props.event, props.examples[number].detail);
    });
  });
}
