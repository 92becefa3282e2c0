// Says in a sentence that a file is too large to upload. Gradio refuses it too, in words of its own.

(() => {
  const MOST_MEGABYTES = 25; // as page.py has it

  function refuseTooLarge(event, files) {
    if (!event.target.closest?.(".photo")) return;
    const tooLarge = [...(files ?? [])].find((file) => file.size > MOST_MEGABYTES * 2 ** 20);
    if (!tooLarge) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Gradio does not get to see it
    say(`${tooLarge.name} is too large: a photo may have ${MOST_MEGABYTES} MB. Try a smaller copy of it.`);
  }

  function say(sentence) {
    window.dispatchEvent(new CustomEvent("lenet:photo", { detail: { error: sentence } }));
  }

  // On the window and on the way down: before any listener of Gradio's.
  window.addEventListener("change", (event) => refuseTooLarge(event, event.target.files), true);
  window.addEventListener("drop", (event) => refuseTooLarge(event, event.dataTransfer?.files), true);
})();
