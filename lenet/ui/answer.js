// Shows an answer. Gradio runs this once per view, with `element`, `props` and `watch`.

const view = element.querySelector(".answer");
const text = view.querySelector(".text");
const words = view.querySelector(".words");
const bars = [...view.querySelectorAll(".bars li")];
const times = [...view.querySelectorAll("[data-time]")];
const seen = view.querySelector(".seen canvas");

const NOTHING = {
  text: "",
  status: "empty",
  words: "",
  probabilities: new Array(10).fill(0),
  image: new Array(784).fill(0),
};

function show(answer) {
  // "stale": the drawing has changed, but no newer answer could be had.
  view.classList.toggle("stale", answer?.stale === true);
  if (answer?.stale) return;
  if (answer?.error) showError(answer.error);
  else showReading(answer?.status ? answer : NOTHING);
}

function showError(sentence) {
  showReading({ ...NOTHING, words: sentence });
  words.classList.add("sentence");
}

function showReading(reading) {
  showText(reading);
  showBars(reading.probabilities);
  showImage(reading.image);
  showTimes(reading);
}

function showText(reading) {
  // Screen readers announce every write, so an unchanged answer is left alone.
  if (text.textContent !== reading.text) text.textContent = reading.text;
  text.dataset.status = reading.status;
  view.style.setProperty("--length", Math.max(1, reading.text.length));
  words.textContent = reading.words;
  words.classList.remove("sentence");
}

function showBars(probabilities) {
  const highest = Math.max(...probabilities);
  const likeliest = highest > 0 ? probabilities.indexOf(highest) : -1;
  bars.forEach((bar, digit) => {
    const share = probabilities[digit];
    bar.style.setProperty("--share", share);
    bar.classList.toggle("likeliest", digit === likeliest);
    bar.querySelector(".share").textContent = highest > 0 ? `${Math.round(100 * share)} %` : "";
  });
}

// The ink goes into the alpha channel: the colours are the style sheet's.
function showImage(ink) {
  const picture = new ImageData(28, 28);
  ink.forEach((value, pixel) => picture.data.set([255, 255, 255, value], 4 * pixel));
  seen.getContext("2d").putImageData(picture, 0, 0);
}

function showTimes(reading) {
  for (const time of times) time.textContent = inMilliseconds(reading[time.dataset.time]);
}

function inMilliseconds(value) {
  if (value === undefined) return "–";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

window.addEventListener(`lenet:${props.channel}`, (event) => show(event.detail));
watch("value", () => show(props.value));
show(props.value);
