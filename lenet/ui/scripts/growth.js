// @ts-check
// From level to level: a map grows from where it was, or shrinks to it, while what belongs to it fades in.

const TIMING = { duration: 320, easing: "cubic-bezier(0.2, 0, 0, 1)" }; // ms; chosen

/**
 * @param {HTMLElement} map
 * @param {DOMRect} from where it was
 * @param {Iterable<Element>} others that fade in
 */
export function grow(map, from, others) {
  const to = map.getBoundingClientRect();
  const transform = `translate(${from.left - to.left}px, ${from.top - to.top}px)
    scale(${from.width / to.width}, ${from.height / to.height})`;
  map.animate([{ transformOrigin: "0 0", transform }, { transformOrigin: "0 0", transform: "none" }], TIMING);
  fadeIn(others);
}

/** @param {Iterable<Element>} parts */
export function fadeIn(parts) {
  for (const part of parts) part.animate([{ opacity: 0 }, { opacity: 1 }], TIMING);
}
