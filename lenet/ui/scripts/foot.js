// @ts-check
// The foot: its examples of the API call the address at which the visitor sees the page.

/** @import { Component } from "./types.js" */

const PLACE = "ADDRESS";

/** @param {Component} component */
export function startFoot({ element }) {
  const address = new URL("./", document.baseURI).href.replace(/\/$/, "");
  for (const code of element.querySelectorAll("code")) {
    code.textContent = code.textContent?.replaceAll(PLACE, address) ?? "";
  }
}
