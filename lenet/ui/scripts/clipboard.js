// @ts-check
// Copying a text.

/**
 * Scripts have a clipboard on secure pages only, and may be refused it; what is selected can
 * nearly always be copied.
 *
 * @param {string} content
 * @param {HTMLElement} button keeps the focus
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copyText(content, button) {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    return copyFromField(content, button);
  }
}

/**
 * @param {string} content
 * @param {HTMLElement} button
 */
function copyFromField(content, button) {
  const field = document.createElement("textarea");
  field.value = content;
  button.after(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  button.focus();
  return isDone;
}
