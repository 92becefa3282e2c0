// @ts-check
// The table of all photos read, and its download.

import { csvOf } from "./csv.js";
import { find, listen, send } from "./dom.js";
import { download } from "./download.js";

/** @import { Component, Photo, Texts } from "./types.js" */

/**
 * @param {Component} component
 * @param {Texts} texts
 */
export function startResults({ element }, texts) {
  const section = find(element, ".results", HTMLElement);
  const title = find(section, "h2", HTMLElement);
  const body = find(section, "tbody", HTMLTableSectionElement);
  /** @type {Photo[]} */
  let photos = [];

  body.addEventListener("click", choose);
  find(section, ".download", HTMLElement).addEventListener("click", () => {
    download(new Blob([csvOf(photos)], { type: "text/csv" }), "numbers.csv");
  });
  listen("photos", show);

  /** @param {{ photos: Photo[], shown: number }} detail */
  function show(detail) {
    const known = photos;
    photos = detail.photos;
    section.hidden = photos.length < 2;
    title.textContent = texts("results.title", { count: photos.length });
    // A photo is never changed: as long as they only grow in number, rows are only added.
    const isGrown = known.every((photo, number) => photos[number] === photo);
    if (!isGrown) body.replaceChildren();
    body.append(...photos.slice(body.rows.length).map((photo) => rowOf(photo, texts)));
    for (const row of body.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
    body.rows[detail.shown]?.setAttribute("aria-current", "true");
  }

  /** @param {Event} event */
  function choose({ target }) {
    const row = target instanceof Element ? target.closest("tr") : null;
    if (row) send("photos-show", row.sectionRowIndex);
  }
}

/**
 * @param {Photo} photo
 * @param {Texts} texts
 */
function rowOf({ name, text, status, error, thumbnail }, texts) {
  const row = document.createElement("tr");
  const picture = thumbnail ? element("img", { src: thumbnail, alt: "", loading: "lazy" }) : "";
  const button = element("button", { type: "button", textContent: name });
  const content = element("span", {
    className: error ? "text sentence" : "text",
    textContent: error.replace(`${name}: `, "") || text || "–",
  });
  const state = element("span", { className: "status", textContent: texts(`results.status.${status}`) });
  state.dataset.status = status;
  for (const part of [picture, button, content, state]) {
    const cell = document.createElement("td");
    cell.append(part);
    row.append(cell);
  }
  return row;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {object} properties
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
