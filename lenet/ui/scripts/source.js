// @ts-check
// What an answer answers, so that more can be asked about it. Without the DOM.

/**
 * @template {object} A
 * @template S
 * @param {S} source what the server was asked about
 * @param {Promise<A | undefined>} answer
 * @returns {Promise<A & { source: S } | undefined>}
 */
export async function withSource(source, answer) {
  const found = await answer;
  return found && { ...found, source };
}
