// @ts-check
// Sends on what belongs to the example clicked.

import { curve, pathOf } from "./curve.js";
import { listen, scrollBehavior, send } from "./dom.js";

/** @import { Component, Point } from "./types.js" */

/** @param {Component} component */
export function startExamples({ element, props }) {
  const isDrawn = props.event === "replay";
  const details = props.examples.map((/** @type {{ detail: any }} */ { detail }) => (
    isDrawn ? detail.map((/** @type {Point[]} */ controls) => curve(controls)) : detail
  ));
  if (props.kind === "drawings") listen("first-visit", () => send("greeting", details[0]));
  element.querySelectorAll("button").forEach((button, number) => {
    if (isDrawn) button.querySelector("path")?.setAttribute("d", pathOf(details[number]));
    button.addEventListener("click", () => {
      // A small screen shows examples or answer, not both.
      window.scrollTo({ top: 0, behavior: scrollBehavior() });
      send(props.event, details[number]);
    });
  });
}
