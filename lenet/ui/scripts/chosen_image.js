// @ts-check
// Follows what the network saw of the piece that is chosen in the answer, and the hand by which it was read.

import { listen } from "./dom.js";

/** @import { Answer } from "./types.js" */

/**
 * @param {string} channel of the answers
 * @param {(image: string, hand: Answer["hand"]) => void} act takes base64 of 28 × 28 bytes, empty if there is no such
 *   piece
 */
export function listenToImage(channel, act) {
  /** @type {Partial<Answer> | null} */
  let answer = null;
  let chosen = -1;
  const tell = () => act(answer?.digits?.[chosen]?.image ?? "", answer?.hand);
  listen(channel, (newest) => {
    if (newest?.stale) return;
    answer = newest;
    tell();
  });
  listen(`${channel}:chosen`, (number) => {
    chosen = number;
    tell();
  });
}
