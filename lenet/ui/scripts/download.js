// @ts-check
// Files that the page makes.

const KEPT = 10_000; // ms: Safari reads the file a while after the click

/**
 * @param {Blob} content
 * @param {string} name
 */
export function download(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
