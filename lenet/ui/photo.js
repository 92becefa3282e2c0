// Takes photos, has them read one after the other and shows one with its pieces.
// Gradio runs this once, with `element`, `props`, `server` and `upload`.
//
// A photo is { name, key, text, status, error, answer, preview, thumbnail }; the last two
// are addresses of pictures that the browser keeps. `lenet:photos` tells the table
// of all that have been read and which is shown; `lenet:photos-show` asks for another.

const view = element.querySelector(".photo");
const shot = view.querySelector(".shot");
const image = view.querySelector("img");
const boxes = view.querySelector(".boxes");
const notes = view.querySelector(".notes");
const progress = view.querySelector(".progress");
const bar = view.querySelector("progress");
const count = view.querySelector(".count");
const largerButton = view.querySelector(".larger");
const clearButton = view.querySelector(".clear");
const choosers = [...view.querySelectorAll(".chooser")];

const TIME_OUT = 120_000; // ms for one photo: large ones take long over a slow connection
const THUMBNAIL = 96; // pixels of its longer side
const PATIENCE = 400; // ms before a single photo gets a progress bar
const AT_THE_TOP = 0.05; // of the photo: nothing fits above that

const NO_CONNECTION = "No connection, or the file is gone. Add the photo again to try once more.";
const TOO_LATE = "This photo took too long. Add it again to try once more, or a smaller copy of it.";

let photos = []; // those read
let shown = -1; // number of the one on the page
let hasChosen = false; // whether the visitor picked one; else the newest is shown
let waiting = []; // jobs to be read: { name, key, read }
let total = 0; // photos of this batch
let run = 0; // grows when a batch is given up: what comes back then is late
let isReading = false;

// --- Photos in --------------------------------------------------------------

function addFiles(files) {
  add([...files].map((file) => ({
    name: file.name || "pasted picture",
    key: `${file.name}/${file.size}/${file.lastModified}`,
    read: () => readFile(file),
  })));
}

function addExample(name) {
  add([{ name, key: name, read: () => server.read_example(name) }]);
}

function add(jobs) {
  const fresh = jobs.filter(({ key }) => !isKnown(key));
  if (fresh.length === 0) return showAgain(jobs.at(-1)?.key);
  hasChosen = false;
  waiting.push(...fresh);
  total += fresh.length;
  readAll();
}

function showAgain(key) {
  const number = photos.findIndex((photo) => photo.key === key);
  if (number >= 0) show(number); // else it is waiting
}

// A photo added twice is shown again, not read again, unless that failed.
function isKnown(key) {
  return [...waiting, ...photos].some((photo) => photo.key === key && !photo.error);
}

async function readFile(file) {
  if (file.size > props.most_megabytes * 2 ** 20) {
    return { error: `${file.name} is too large: a photo may have ${props.most_megabytes} MB. Try a smaller copy of it.` };
  }
  const { path } = await upload(file);
  return server.read_uploaded(path);
}

// One at a time: neither the server nor this page ever holds more than one of many.
async function readAll() {
  if (isReading) return;
  isReading = true;
  const patience = setTimeout(showProgress, PATIENCE);
  const thisRun = run;
  while (waiting.length > 0 && run === thisRun) {
    if (total > 1) showProgress();
    const job = waiting[0];
    const photo = await photoOf(job, await inTime(job.read));
    if (run !== thisRun) break;
    waiting.shift();
    keep(photo);
  }
  clearTimeout(patience);
  isReading = false;
  if (waiting.length > 0) return readAll(); // added after a batch was given up
  total = 0;
  showProgress();
}

// A failed call may resolve to undefined, reject, or never come back.
async function inTime(call) {
  let alarm;
  const tooLate = new Promise((resolve) => { alarm = setTimeout(resolve, TIME_OUT, { error: TOO_LATE }); });
  const stopped = new Promise((resolve) => { stopWaiting = resolve; });
  try {
    return await Promise.race([call(), tooLate, stopped]) ?? { error: NO_CONNECTION };
  } catch {
    return { error: NO_CONNECTION };
  } finally {
    clearTimeout(alarm);
  }
}

let stopWaiting = () => {};

function cancel() {
  run += 1;
  waiting = [];
  total = 0;
  stopWaiting();
  showProgress();
}

function clear() {
  cancel();
  for (const photo of photos) {
    for (const address of [photo.preview, photo.thumbnail]) if (address) URL.revokeObjectURL(address);
  }
  photos = [];
  show(-1);
}

// --- Answers ----------------------------------------------------------------

async function photoOf({ name, key }, { preview, ...answer }) {
  const { text = "", status = "error", error = "" } = answer;
  const addresses = preview ? await pictures(preview).catch(() => ({})) : {};
  return { name, key, text, status, error, answer, ...addresses };
}

function keep(photo) {
  const failed = photos.findIndex(({ key }) => key === photo.key);
  const number = failed < 0 ? photos.length : failed;
  photos[number] = photo;
  if (hasChosen) tell();
  else show(number);
}

// Kept as files of the browser's, not as text in memory.
async function pictures(base64) {
  const blob = await (await fetch(`data:image/jpeg;base64,${base64}`)).blob();
  const bitmap = await createImageBitmap(blob);
  const scale = THUMBNAIL / Math.max(bitmap.width, bitmap.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(bitmap.width * scale);
  canvas.height = Math.ceil(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const small = await new Promise((done) => { canvas.toBlob(done, "image/jpeg"); });
  return { preview: URL.createObjectURL(blob), thumbnail: URL.createObjectURL(small) };
}

function tell() {
  window.dispatchEvent(new CustomEvent("lenet:photos", { detail: { photos: [...photos], shown } }));
}

// --- The photo shown --------------------------------------------------------

function show(number) {
  shown = number;
  const photo = photos[number];
  clearButton.setAttribute("aria-disabled", photos.length === 0);
  view.dataset.state = photo ? (photo.preview ? "shown" : "failed") : "empty";
  largerButton.hidden = !photo?.preview;
  notes.textContent = photo ? [photo.name, ...(photo.answer.notes ?? [])].join(" · ") : "";
  boxes.replaceChildren();
  if (photo?.preview) showPicture(photo);
  tell();
  window.dispatchEvent(new CustomEvent(`lenet:${props.channel}`, { detail: photo?.answer ?? null }));
}

function showPicture({ name, preview, answer }) {
  const [width, height] = answer.size;
  shot.style.setProperty("--ratio", width / height);
  image.src = preview;
  image.alt = `${name}, as it was read`;
  boxes.replaceChildren(...answer.digits.map((piece, number) => boxOf(piece, number, answer)));
}

function boxOf({ box, digit, status }, number, { size, digits }) {
  const [left, top, width, height] = box;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.piece = number;
  button.dataset.status = status;
  button.dataset.label = labelOf(digit, status);
  button.setAttribute("aria-label", `Piece ${number + 1} of ${digits.length}: ${labelOf(digit, status) || "not a digit"}`);
  const percent = (length, whole) => `${(100 * length) / whole}%`;
  button.style.left = percent(left, size[0]);
  button.style.top = percent(top, size[1]);
  button.style.width = percent(width, size[0]);
  button.style.height = percent(height, size[1]);
  button.style.setProperty("--share", height / size[1]);
  button.classList.toggle("below", top / size[1] < AT_THE_TOP);
  return button;
}

function labelOf(digit, status) {
  if (status === "not_a_digit") return "";
  return status === "unsure" ? `${digit}?` : `${digit}`;
}

function toggleSize() {
  const isLarge = view.classList.toggle("large");
  largerButton.textContent = isLarge ? "Smaller" : "Larger";
}

function showProgress() {
  progress.hidden = !isReading || total === 0;
  const read = total - waiting.length;
  if (total > 1) [bar.max, bar.value] = [total, read];
  else bar.removeAttribute("value"); // how long one takes nobody knows
  count.textContent = total > 1 ? `${read} of ${total}` : "Reading …";
}

// --- Drop, paste, choose ----------------------------------------------------

function isOnScreen() {
  return view.isConnected && view.offsetParent !== null;
}

// That the browser does not leave the page for the picture is the sketchpad's care, on all tabs.
function onDrag(event) {
  if (!isOnScreen() || !event.dataTransfer?.types.includes("Files")) return;
  view.classList.toggle("dragging", event.type === "dragover");
  if (event.type === "drop") addFiles(event.dataTransfer.files);
}

function onPaste(event) {
  const files = event.clipboardData?.files ?? [];
  if (!isOnScreen() || files.length === 0) return;
  event.preventDefault();
  addFiles(files);
}

function onChoice({ target }) {
  addFiles(target.files);
  target.value = ""; // the same file may be chosen again
}

function onRequest({ detail }) {
  hasChosen = true;
  show(detail);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  view.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

// --- Start ------------------------------------------------------------------

for (const chooser of choosers) chooser.addEventListener("change", onChoice);
for (const kind of ["dragover", "dragleave", "drop"]) window.addEventListener(kind, onDrag);
window.addEventListener("paste", onPaste);
window.addEventListener("lenet:photo-example", ({ detail }) => addExample(detail));
window.addEventListener("lenet:photos-show", onRequest);
view.querySelector(".add").addEventListener("click", () => choosers[0].click());
view.querySelector(".cancel").addEventListener("click", cancel);
largerButton.addEventListener("click", toggleSize);
clearButton.addEventListener("click", clear);
lenetPieces.offer(boxes, props.channel);
