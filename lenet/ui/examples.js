// Sends on what belongs to the example clicked. Gradio runs this once per row.

element.querySelectorAll("button").forEach((button, number) => {
  const { detail } = props.examples[number];
  button.addEventListener("click", () => {
    window.scrollTo({ top: 0, behavior: "smooth" }); // a small screen shows examples or answer, not both
    window.dispatchEvent(new CustomEvent(props.event, { detail }));
  });
});
