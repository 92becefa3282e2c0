// Sends on what belongs to the example clicked. Gradio runs this once per row.

element.querySelectorAll("button").forEach((button, number) => {
  const { detail } = props.examples[number];
  button.addEventListener("click", () => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    // A small screen shows examples or answer, not both.
    window.scrollTo({ top: 0, behavior: calm ? "auto" : "smooth" });
    window.dispatchEvent(new CustomEvent(props.event, { detail }));
  });
});
