// @ts-check
// The tabs of the page, by name: "draw" and "photo".

/** @import { Texts } from "./types.js" */

/** @typedef {"draw" | "photo"} Tab */

/** @type {Tab[]} */
const TABS = ["draw", "photo"];

/**
 * @param {string} name of a tab; another is none
 * @param {Texts} texts
 */
export function openTab(name, texts) {
  const tabs = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[role=tab]"));
  const tab = [...tabs].find((one) => nameOf(one, texts) === name);
  if (tab?.getAttribute("aria-selected") !== "true") tab?.click();
}

/**
 * @param {(name: Tab) => void} act
 * @param {Texts} texts
 */
export function listenToTabs(act, texts) {
  document.addEventListener("click", ({ target }) => {
    const tab = target instanceof Element ? target.closest("[role=tab]") : null;
    const name = tab && nameOf(tab, texts);
    if (name) act(name);
  });
}

/**
 * @param {Element} tab
 * @param {Texts} texts
 */
function nameOf(tab, texts) {
  return TABS.find((name) => texts(`page.tab.${name}`) === tab.textContent?.trim());
}
