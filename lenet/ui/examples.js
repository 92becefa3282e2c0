// Sends the strokes of the example clicked to the pad. Gradio runs this once.

element.querySelectorAll("button").forEach((button, number) => {
  const { strokes } = props.examples[number];
  button.addEventListener("click", () => {
    window.dispatchEvent(new CustomEvent("lenet:replay", { detail: strokes }));
  });
});
