// @ts-check
// The panel that shows how the network learnt. Closed it only remembers what is chosen; all that it needs is
// fetched when it is first opened.

import { listenToImage } from "./chosen_image.js";
import { find, listen, send } from "./dom.js";
import { addStyle, fetchFile, importFile } from "./page_files.js";

/** @import { Component } from "./types.js" */
/**
 * @typedef {object} View
 * @property {(image: string) => void} show
 * @property {(isOpen: boolean) => void} setOpen
 * @property {(moment: number) => void} choose
 */

/** @param {Component} component */
export function startTimeline({ element, props }) {
  const panel = find(element, ".timeline", HTMLDetailsElement);
  const failed = find(element, ".timeline-failed", HTMLElement);
  const body = find(element, ".timeline-body", HTMLElement);
  let image = "";
  let isLoading = false;
  let wanted = NaN; // the moment that an address asks for
  /** @type {View | null} */
  let view = null;

  listenToImage(props.channel, (chosen) => {
    image = chosen;
    view?.show(image);
  });
  listen(`${props.channel}:moment:show`, (moment) => {
    if (!Number.isInteger(moment)) return;
    wanted = moment;
    panel.open = true;
    view?.choose(moment);
  });
  panel.addEventListener("toggle", async () => {
    if (view) view.setOpen(panel.open);
    else if (panel.open && !isLoading) await load();
  });

  async function load() {
    isLoading = true;
    try {
      const [{ viewOf }, template, index, first] = await Promise.all([
        importFile("timeline.js"),
        fetchFile("timeline.html").then((file) => file.text()),
        fetchFile("timeline.json").then((file) => file.json()),
        fetchSnapshot(0),
        addStyle("timeline.css"),
      ]);
      body.innerHTML = template;
      /** @type {View} */
      const made = viewOf({
        body, index, first, fetchSnapshot,
        onChoice: (/** @type {number | null} */ moment) => send(`${props.channel}:moment`, moment),
      });
      made.show(image);
      if (!Number.isNaN(wanted)) made.choose(wanted);
      made.setOpen(panel.open);
      view = made;
    } catch {
      body.replaceChildren();
    }
    failed.hidden = view !== null;
    isLoading = false;
  }
}

/**
 * @param {number} moment
 * @returns {Promise<ArrayBuffer>}
 */
async function fetchSnapshot(moment) {
  return (await fetchFile(`timeline_${moment}.bin`)).arrayBuffer();
}
