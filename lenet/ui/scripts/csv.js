// @ts-check
// The table of photos as a file for spreadsheets. Without the DOM.

const COLUMNS = ["file", "status", "text", "confidence", "error"];
const DECIMALS = 3;
const NUMBER = /^[+-][\d.,]+$/;

/**
 * As RFC 4180 has it, with the mark by which spreadsheets know UTF-8.
 *
 * @param {{ name: string, status: string, text: string, error: string, answer: { confidence?: number } }[]} photos
 */
export function csvOf(photos) {
  const rows = photos.map(({ name, status, text, error, answer: { confidence } }) => (
    [name, status, text, error ? "" : confidence?.toFixed(DECIMALS) ?? "", error]
  ));
  return `\ufeff${[COLUMNS, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("")}`;
}

/** @param {string} value */
function quoted(value) {
  return `"${harmless(value).replaceAll('"', '""')}"`;
}

/**
 * A spreadsheet would run what begins like a formula, and a visitor names files as they like. "-7.5" is none.
 *
 * @param {string} value
 */
function harmless(value) {
  return /^[=+\-@\t\r]/.test(value) && !NUMBER.test(value) ? `'${value}` : value;
}
