// @ts-check
// What several scripts need of the browser.

/**
 * An element that the template has.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function find(root, selector, type) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new TypeError(`wanted ${type.name} ${selector}, got ${found}`);
  return found;
}

/**
 * Tells the other components something; see `listen`.
 *
 * @param {string} name
 * @param {unknown} [detail]
 */
export function send(name, detail) {
  window.dispatchEvent(new CustomEvent(`lenet:${name}`, { detail }));
}

/**
 * @param {string} name
 * @param {(detail: any) => void} act
 */
export function listen(name, act) {
  window.addEventListener(`lenet:${name}`, (event) => act(/** @type {CustomEvent} */ (event).detail));
}

/**
 * Whether an element is on the tab that is shown.
 *
 * @param {HTMLElement} element
 */
export function isOnScreen(element) {
  return element.isConnected && element.offsetParent !== null;
}

/**
 * Acts once the element has a size: on a tab that is hidden, when that is opened.
 *
 * @param {Element} element
 * @param {() => void} act
 */
export function whenShown(element, act) {
  new ResizeObserver((_, observer) => {
    if (element.clientWidth === 0) return;
    observer.disconnect();
    act();
  }).observe(element);
}

export function isMotionReduced() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** @returns {ScrollBehavior} */
export function scrollBehavior() {
  return isMotionReduced() ? "auto" : "smooth";
}

/**
 * Calls `step` at each frame with the time since now in ms, as long as it returns true.
 *
 * @param {(elapsed: number) => boolean} step
 */
export function animate(step) {
  const start = performance.now();
  const next = () => { frame = step(performance.now() - start) ? requestAnimationFrame(next) : 0; };
  let frame = requestAnimationFrame(next);
  return {
    stop() {
      cancelAnimationFrame(frame);
    },
  };
}
