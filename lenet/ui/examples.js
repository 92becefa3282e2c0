// Sends the strokes of the example clicked to the pad. Gradio runs this once.

element.querySelectorAll("button").forEach((button, number) => {
  const { strokes } = props.examples[number];
  button.addEventListener("click", () => {
    window.scrollTo({ top: 0, behavior: "smooth" }); // a small screen shows examples or answer, not both
    window.dispatchEvent(new CustomEvent("lenet:replay", { detail: strokes }));
  });
});
