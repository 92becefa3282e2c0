// Shows an answer. Gradio runs this once per view, with `element` and `props`.

const view = element.querySelector(".answer");
const text = view.querySelector(".text");
const words = view.querySelector(".words");
const copy = view.querySelector(".copy");
const glyph = view.querySelector(".glyph");
const about = view.querySelector(".about");
const bars = [...view.querySelectorAll(".bars li")];
const times = [...view.querySelectorAll("[data-time]")];
const seen = view.querySelector(".seen canvas");

const LONG = 26; // characters of a sentence that needs smaller type
const WORTH_NAMING = 0.01; // of an alternative
const COPIED_FOR = 1500; // ms

const NOTHING = { text: "", status: "empty", words: "", layout: [], digits: [] };
const NO_PIECE = { status: "empty", probabilities: new Array(10).fill(0), image: "" };

let reading = NOTHING;
let chosen = -1; // number of the piece whose bars are shown

function show(answer) {
  // "stale": the drawing has changed, but no newer answer could be had.
  view.classList.toggle("stale", answer?.stale === true);
  if (answer?.stale) return;
  if (answer?.error) showReading({ ...NOTHING, words: answer.error, sentence: true });
  else showReading(answer?.status ? answer : NOTHING);
}

function showReading(newReading) {
  reading = newReading;
  view.classList.toggle("several", reading.digits.length > 1);
  showText();
  showWords();
  showTimes();
  choose(reading.chosen ?? reading.doubtful ?? firstDigit());
}

function firstDigit() {
  return Math.max(0, reading.digits.findIndex(({ status }) => status !== "not_a_digit"));
}

// --- The text, digit by digit -----------------------------------------------

function showText() {
  const lines = reading.text.split("\n");
  view.style.setProperty("--lines", lines.length);
  view.style.setProperty("--length", Math.max(1, ...lines.map((line) => line.length)));
  text.dataset.status = reading.status;
  // One digit has nothing to choose from: it is no button.
  const parts = reading.digits.length > 1 ? reading.layout.map(partOfText) : [reading.text];
  text.replaceChildren(...(reading.text ? parts : []));
}

function partOfText(token) {
  if (typeof token === "string") return token;
  const { digit, status } = reading.digits[token];
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.piece = token;
  button.dataset.status = status;
  if (status !== "not_a_digit") button.textContent = digit;
  button.setAttribute("aria-label", describe(token));
  return button;
}

function showWords() {
  // Screen readers announce every write, so an unchanged sentence is left alone.
  if (words.textContent !== reading.words) words.textContent = reading.words;
  words.classList.toggle("sentence", reading.sentence === true);
  words.classList.toggle("long", reading.words.length > LONG);
  if (copy) copy.hidden = reading.text === "";
}

async function copyText() {
  copy.textContent = (await isCopied(reading.text)) ? "Copied" : "Not copied";
  setTimeout(() => { copy.textContent = "Copy"; }, COPIED_FOR);
}

// Scripts have a clipboard on secure pages only, and may be refused it; what is selected can nearly always be copied.
async function isCopied(content) {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    return isCopiedFromField(content);
  }
}

function isCopiedFromField(content) {
  const field = document.createElement("textarea");
  field.value = content;
  copy.after(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  copy.focus();
  return isDone;
}

// --- The chosen piece -------------------------------------------------------

function choose(number) {
  chosen = number;
  const piece = reading.digits[number] ?? NO_PIECE;
  glyph.textContent = piece.digit ?? "";
  about.textContent = reading.digits.length > 1 ? describe(number) : "";
  showBars(piece.probabilities);
  showImage(piece.image);
  window.dispatchEvent(new CustomEvent(`lenet:${props.channel}:chosen`, { detail: number }));
}

// "Piece 3 of 4: 2, else 7 (12 %) or no digit (3 %)"
function describe(number) {
  const place = `Piece ${number + 1} of ${reading.digits.length}`;
  const { status, digit, probabilities } = reading.digits[number];
  if (status === "not_a_digit") return `${place}: not a digit`;
  const rest = 1 - probabilities.reduce((sum, share) => sum + share);
  const others = [...probabilities.entries(), ["no digit", rest]]
    .filter(([other, share]) => other !== digit && share >= WORTH_NAMING)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 2)
    .map(([other, share]) => `${other} (${percent(share)})`);
  return `${place}: ${digit}${others.length > 0 ? `, else ${others.join(" or ")}` : ""}`;
}

function showBars(probabilities) {
  const highest = Math.max(...probabilities);
  const likeliest = highest > 0 ? probabilities.indexOf(highest) : -1;
  bars.forEach((bar, digit) => {
    const share = probabilities[digit];
    bar.style.setProperty("--share", share);
    bar.classList.toggle("likeliest", digit === likeliest);
    bar.querySelector(".share").textContent = highest > 0 ? percent(share) : "";
  });
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

// The ink goes into the alpha channel: the colours are the style sheet's.
function showImage(bytes) {
  const picture = new ImageData(28, 28);
  [...atob(bytes)].forEach((byte, pixel) => {
    picture.data.set([255, 255, 255, byte.charCodeAt(0)], 4 * pixel);
  });
  seen.getContext("2d").putImageData(picture, 0, 0);
}

// --- Milliseconds -----------------------------------------------------------

function showTimes() {
  for (const time of times) time.textContent = inMilliseconds(reading[time.dataset.time]);
}

function inMilliseconds(value) {
  if (value === undefined) return "–";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

// --- Start ------------------------------------------------------------------

lenetPieces.offer(text, props.channel);
copy?.addEventListener("click", copyText);
window.addEventListener(`lenet:${props.channel}`, (event) => show(event.detail));
// While a drawing grows, its readings come and go too fast to be read aloud.
window.addEventListener(`lenet:${props.channel}:busy`, ({ detail }) => words.setAttribute("aria-busy", detail));
window.addEventListener(`lenet:${props.channel}:choose`, ({ detail }) => {
  if (detail !== chosen && detail in reading.digits) choose(detail);
});
show(null);
