// The pieces of a reading, and how one of them is chosen. Runs once, in the page's head.
//
// Pad, photo and answer show the same pieces, each an element with `data-piece`, its
// number. Any of them may ask for a piece by the event `lenet:<channel>:choose`; the
// answer keeps the choice and tells it by `lenet:<channel>:chosen`, which all follow.

window.lenetPieces = (() => {
  const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

  const numberOf = (event) => event.target.closest?.("[data-piece]")?.dataset.piece;

  function choose(channel, number) {
    window.dispatchEvent(new CustomEvent(`lenet:${channel}:choose`, { detail: Number(number) }));
  }

  // Lets pointer, focus and arrow keys choose among the pieces in `container`. Only the chosen
  // one, or the first where that is not shown, is a stop of the Tab key: a page of 200 digits is
  // one stop, not 200.
  function offer(container, channel) {
    const ask = (event) => numberOf(event) !== undefined && choose(channel, numberOf(event));
    for (const kind of ["pointerover", "click", "focusin"]) container.addEventListener(kind, ask);
    container.addEventListener("keydown", (event) => step(container, channel, event));
    follow(container, channel);
  }

  function step(container, channel, event) {
    if (!(event.key in STEPS) || numberOf(event) === undefined) return;
    event.preventDefault();
    const pieces = [...container.querySelectorAll("[data-piece]")].filter((piece) => piece.offsetParent);
    const next = pieces.indexOf(event.target.closest("[data-piece]")) + STEPS[event.key];
    pieces[next]?.focus();
  }

  // Marks the chosen piece in `container`.
  function follow(container, channel) {
    window.addEventListener(`lenet:${channel}:chosen`, ({ detail }) => {
      const pieces = [...container.querySelectorAll("[data-piece]")];
      const isChosen = (piece) => Number(piece.dataset.piece) === detail;
      for (const piece of pieces) piece.classList.toggle("chosen", isChosen(piece));
      const buttons = pieces.filter((piece) => piece.tagName === "BUTTON" && isDisplayed(piece));
      const stop = buttons.find(isChosen) ?? buttons[0];
      for (const button of buttons) {
        button.setAttribute("aria-pressed", isChosen(button));
        button.tabIndex = button === stop ? 0 : -1;
      }
    });
  }

  // Whether its own style shows it, be it on a tab that is hidden.
  function isDisplayed(piece) {
    return getComputedStyle(piece).display !== "none";
  }

  return { choose, offer, follow };
})();
