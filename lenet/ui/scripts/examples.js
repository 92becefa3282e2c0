// @ts-check
// Sends on what belongs to the example clicked.

import { listen, scrollBehavior, send } from "./dom.js";

/** @import { Component } from "./types.js" */

/** @param {Component} component */
export function startExamples({ element, props }) {
  if (props.kind === "drawings") listen("first-visit", () => send("greeting", props.examples[0].detail));
  element.querySelectorAll("button").forEach((button, number) => {
    button.addEventListener("click", () => {
      // A small screen shows examples or answer, not both.
      window.scrollTo({ top: 0, behavior: scrollBehavior() });
      send(props.event, props.examples[number].detail);
    });
  });
}
