// @ts-check
// How large a text may be written, and where its lines break. Without the DOM.

const LARGEST = 260; // pixels of the type's size
const SMALLEST = 30;
const LEADING = 1.1; // from line to line, of the type's size
const SHRINK = 0.94; // from one size tried to the next

/**
 * The largest size at which a text fits; lines break only where it would be smaller than legible.
 *
 * @param {string} text lines are joined by "\n"
 * @param {{ width: number, height: number }} room in pixels
 * @param {(line: string) => number} widthOf of a line, in sizes of the type
 * @returns {{ lines: string[], size: number }}
 */
export function fittedText(text, { width, height }, widthOf) {
  const given = text.split("\n");
  let size = Math.min(LARGEST, height / (LEADING * given.length));
  while (size > SMALLEST && given.some((line) => widthOf(line) * size > width)) size *= SHRINK;
  const lines = given.flatMap((line) => broken(line, width / size, widthOf));
  const most = Math.max(1, Math.floor(height / (LEADING * size)));
  return { lines: lines.length > most ? [...lines.slice(0, most - 1), "…"] : lines, size };
}

/**
 * @param {string} line
 * @param {number} width in sizes of the type
 * @param {(line: string) => number} widthOf
 */
function broken(line, width, widthOf) {
  const lines = [""];
  for (const symbol of line) {
    const longer = lines[lines.length - 1] + symbol;
    if (lines[lines.length - 1] !== "" && widthOf(longer) > width) lines.push(symbol);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
