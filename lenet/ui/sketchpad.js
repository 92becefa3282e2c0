// The sketchpad. Gradio runs this once, with `element`, `props` and `server`.
//
// A stroke is a list of [x, y] in units of the paper, which are CSS pixels until the
// paper is zoomed out. Pointer and replay go through the same three functions: penDown,
// penMove, penUp.

const sheet = element.querySelector(".sheet");
const pad = element.querySelector(".pad");
const marks = element.querySelector(".marks");
const hint = element.querySelector(".hint");
const notice = element.querySelector(".notice");
const undoButton = element.querySelector(".undo");
const clearButton = element.querySelector(".clear");
const context = pad.getContext("2d");

const PEN = 0.042; // breadth, of the pad's side
const PEN_OF_NUMBERS = 0.12; // of the height of the tallest digit, where there are several
const DOT = 0.01; // CSS pixels: a canvas draws no line of no length
const THINNEST_PEN = 2.5; // CSS pixels
const CLOSEST_POINTS = 0.5; // CSS pixels; nearer than that a point says nothing new
const MOST_POINTS = 99_000; // the server takes 100,000 points and 1,000 strokes
const MOST_STROKES = 990;

const PAUSE = 80; // ms between two questions while the pen moves
const PAUSE_AFTER_FAILURE = 1000;
const TIME_OUT = 5000;

const NO_CONNECTION = "No connection. The next stroke tries again.";
const PAD_FULL = "The pad is full. Clear it to go on.";

// --- The drawing ------------------------------------------------------------

let strokes = [];
let erased = []; // the visitor's drawing before it was cleared
let isExample = false; // whether a replay drew all there is: nobody misses that
let points = 0;
let penIsDown = false;

function penDown(point) {
  if (isFull()) return say(PAD_FULL);
  setPen(true);
  stopZoom(); // the paper lies still under the pen
  strokes.push([point]);
  points += 1;
  changed();
}

function penMove(point) {
  if (!penIsDown || isFull()) return;
  const stroke = strokes.at(-1);
  if (distance(stroke.at(-1), point) * zoom < CLOSEST_POINTS) return;
  stroke.push(point);
  points += 1;
  changed();
}

function penUp() {
  if (!penIsDown) return;
  setPen(false);
  settleDot(strokes.at(-1));
  ask();
  makeRoomSoon();
}

// What looks like a dot is one: the reader, who knows no pen, would see the path within it.
function settleDot(stroke) {
  if (stroke.length === 1 || stroke.some((point) => distance(stroke[0], point) > pen / 2)) return;
  points -= stroke.splice(1).length;
  changed();
}

// What is drawn is not judged, nor read aloud, before the pen is lifted.
function setPen(isDown) {
  penIsDown = isDown;
  sheet.classList.toggle("drawing", isDown);
  window.dispatchEvent(new CustomEvent(`lenet:${props.channel}:busy`, { detail: isDown }));
}

// The last stroke, or all that was there before the pad was cleared.
function undo() {
  stopReplay();
  if (strokes.length > 0) return replaceStrokes(strokes.slice(0, -1));
  const restored = erased;
  erased = [];
  isExample = false;
  replaceStrokes(restored);
}

function clear() {
  stopReplay();
  if (strokes.length > 0 && !isExample) erased = strokes;
  replaceStrokes([]);
}

function replaceStrokes(kept) {
  setPen(false);
  pointer = null; // a pen still down draws on only after it has been lifted
  strokes = kept;
  points = strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  changed();
  forgetOlderAnswers();
  if (strokes.length === 0) return showEmpty();
  ask();
  makeRoomSoon();
}

// The browser would leave the page, and lose the drawing, for a file that is dropped anywhere on it.
function onDrag(event) {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
}

function isFull() {
  return points >= MOST_POINTS || strokes.length >= MOST_STROKES;
}

function distance([x1, y1], [x2, y2]) {
  return Math.hypot(x2 - x1, y2 - y1);
}

function changed() {
  version += 1;
  clearButton.setAttribute("aria-disabled", strokes.length === 0);
  undoButton.setAttribute("aria-disabled", strokes.length + erased.length === 0);
  hint.hidden = strokes.length > 0;
  redraw();
  if (penIsDown) askSoon();
}

// --- Ink on the screen ------------------------------------------------------

let side = 0; // of the pad, in CSS pixels
let pen = 0; // breadth, in units of the paper
let frame = 0;

function redraw() {
  frame ||= requestAnimationFrame(draw);
}

function draw() {
  frame = 0;
  const scale = (pad.width / side) * zoom;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, side / zoom, side / zoom);
  context.lineWidth = pen;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = getComputedStyle(pad).color;
  for (const stroke of strokes) drawStroke(stroke);
}

// The broad pen of one digit would fill the loops of small ones.
function settlePen() {
  const tallest = Math.max(...pieces.map(({ box }) => box[3]));
  const fitting = pieces.length > 1 ? PEN_OF_NUMBERS * tallest : Infinity;
  pen = Math.max(Math.min(PEN * side, fitting), THINNEST_PEN / zoom);
  sheet.style.setProperty("--pen", `${pen}px`);
  redraw();
}

// Quadratic curves from midpoint to midpoint: smooth, and near every point.
function drawStroke(stroke) {
  context.beginPath();
  context.moveTo(...stroke[0]);
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [x, y] = stroke[i];
    const [nextX, nextY] = stroke[i + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...stroke.at(-1));
  if (stroke.length === 1) context.lineTo(stroke[0][0] + DOT, stroke[0][1]);
  context.stroke();
}

function fitToScreen() {
  const newSide = pad.clientWidth;
  if (newSide === 0) return; // hidden behind another tab
  if (side > 0 && newSide !== side) scaleStrokes(newSide / side);
  side = newSide;
  settlePen();
  const pixels = Math.round(side * devicePixelRatio);
  if (pad.width !== pixels) pad.width = pad.height = pixels;
  draw(); // at once: setting the size has wiped the canvas
}

function scaleStrokes(factor) {
  const scaled = (drawing) => drawing.map((stroke) => stroke.map(([x, y]) => [x * factor, y * factor]));
  [strokes, erased] = [scaled(strokes), scaled(erased)];
  pieces = pieces.map((piece) => ({ ...piece, box: piece.box.map((length) => length * factor) }));
  showMarks();
}

function watchPixelRatio() {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  query.addEventListener("change", () => { fitToScreen(); watchPixelRatio(); }, { once: true });
}

// --- Room for more digits ---------------------------------------------------
//
// A number that comes near the right edge is seen from farther away: the whole of it
// stays in sight, and there is room to write on. Only the view changes, never the
// strokes. One digit, however large, is left alone, and so is a pen that is drawing.

const NEAR_THE_EDGE = 0.86; // of the pad's side
const STEP_BACK = 0.72;
const THOUGHT = 1200; // ms after the pen was lifted: not between two strokes of a 4
const ZOOM_TIME = 350; // ms

let zoom = 1; // CSS pixels a unit of the paper
let zoomTimer = 0;
let zoomFrame = 0;

function makeRoomSoon() {
  stopZoom();
  zoomTimer = setTimeout(makeRoom, THOUGHT);
}

function makeRoom() {
  const goal = pieces.length > 1 ? roomyZoom() : 1;
  if (goal === zoom) return;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return setZoom(goal);
  const [from, start] = [zoom, performance.now()];
  const step = () => {
    const done = Math.min(1, (performance.now() - start) / ZOOM_TIME);
    setZoom(from + (goal - from) * (1 - (1 - done) ** 3));
    zoomFrame = done < 1 ? requestAnimationFrame(step) : 0;
  };
  zoomFrame = requestAnimationFrame(step);
}

// The nearest view that leaves room at the right.
function roomyZoom() {
  const right = rightEdge();
  let roomy = 1;
  while (right * roomy > NEAR_THE_EDGE * side) roomy *= STEP_BACK;
  return roomy;
}

function rightEdge() {
  return strokes.flat().reduce((right, [x]) => Math.max(right, x), 0);
}

function stopZoom() {
  clearTimeout(zoomTimer);
  cancelAnimationFrame(zoomFrame);
}

function setZoom(newZoom) {
  zoom = newZoom;
  sheet.style.setProperty("--zoom", zoom);
  settlePen();
}

// --- The pieces -------------------------------------------------------------

let pieces = []; // of the answer on the page; boxes in units of the paper

function showMarks() {
  const plain = pieces.length === 1 && pieces[0].status === "ok";
  marks.replaceChildren(...(plain ? [] : pieces.map(markOf)));
}

function markOf({ box, status }, number) {
  const mark = document.createElement("i");
  mark.dataset.piece = number;
  mark.dataset.status = status;
  ["left", "top", "width", "height"].forEach((name, i) => mark.style.setProperty(`--${name}`, `${box[i]}px`));
  return mark;
}

// Bars and picture follow the pen; when it rests they show what is least sure.
function pieceToShow(answer) {
  if (answer.digits.length === 0) return undefined;
  if (!penIsDown && answer.doubtful !== null) return answer.doubtful;
  const newest = strokes.at(-1).at(-1);
  const distances = answer.digits.map((piece) => distanceToBox(newest, piece.box));
  return distances.indexOf(Math.min(...distances));
}

function distanceToBox([x, y], [left, top, width, height]) {
  const across = Math.max(left - x, 0, x - left - width);
  const down = Math.max(top - y, 0, y - top - height);
  return Math.hypot(across, down);
}

function chooseUnder(event) {
  if (event.pointerType !== "mouse" || pieces.length < 2) return;
  const number = pieces.findIndex((piece) => distanceToBox(position(event), piece.box) === 0);
  if (number >= 0) lenetPieces.choose(props.channel, number);
}

// --- Questions and answers --------------------------------------------------

let version = 0; // counts the changes of the drawing
let shown = 0; // version of the drawing whose answer is on the page
let asked = 0; // version of the newest question
let waiting = 0; // questions under way
let lastAsked = -Infinity;
let pause = PAUSE;
let timer = 0;

// While the pen moves: one question under way, the newest drawing wins.
function askSoon() {
  if (timer || waiting > 0) return;
  const wait = lastAsked + pause - performance.now();
  timer = setTimeout(ask, Math.max(0, wait));
}

// When the pen is lifted this runs at once, also beside a question under way.
async function ask() {
  clearTimeout(timer);
  timer = 0;
  if (strokes.length === 0 || version === asked) return;
  const question = (asked = version);
  const start = (lastAsked = performance.now());
  waiting += 1;
  const answer = await answerInTime(server.read_strokes(strokes));
  waiting -= 1;
  take(answer, question, performance.now() - start);
  if (penIsDown && version > asked) askSoon();
}

// A failed call may resolve to undefined, reject, or never come back.
async function answerInTime(call) {
  let alarm;
  const tooLate = new Promise((resolve) => { alarm = setTimeout(resolve, TIME_OUT); });
  try {
    return await Promise.race([call, tooLate]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(alarm);
  }
}

function take(answer, question, roundTrip) {
  if (question <= shown) return; // a newer answer, or none at all, is on the page
  pause = answer ? PAUSE : PAUSE_AFTER_FAILURE;
  if (answer && !answer.error) {
    shown = question;
    say("");
    pieces = answer.digits;
    showMarks();
    if (!penIsDown) settlePen();
    show({ ...answer, chosen: pieceToShow(answer), round_trip_ms: roundTrip });
  } else if (question === asked) {
    asked = 0; // let the same drawing be asked again
    say(answer?.error ?? NO_CONNECTION);
    show({ stale: true });
  }
}

function forgetOlderAnswers() {
  shown = version - 1;
}

function showEmpty() {
  shown = asked = version;
  say("");
  pieces = [];
  showMarks();
  settlePen();
  stopZoom();
  setZoom(1);
  show(null);
}

function show(answer) {
  window.dispatchEvent(new CustomEvent(`lenet:${props.channel}`, { detail: answer }));
}

function say(sentence) {
  if (notice.textContent !== sentence) notice.textContent = sentence;
}

// --- The pointer ------------------------------------------------------------

let pointer = null; // { id, type } of the one that draws

function onPointerDown(event) {
  if (event.button !== 0) return;
  event.preventDefault();
  if (pointer && !isPenOverPalm(event)) return;
  if (pointer) undo(); // what the palm has drawn
  if (stopReplay()) clear(); // half an example is of no use to the visitor
  isExample = false;
  pointer = { id: event.pointerId, type: event.pointerType };
  pad.setPointerCapture(event.pointerId);
  penDown(position(event));
}

function onPointerMove(event) {
  if (!pointer) return chooseUnder(event);
  if (event.pointerId !== pointer.id) return;
  const moves = event.getCoalescedEvents?.() ?? [];
  for (const move of moves.length > 0 ? moves : [event]) penMove(position(move));
}

function onPointerUp(event) {
  if (event.pointerId !== pointer?.id) return;
  pointer = null;
  penMove(position(event));
  penUp();
}

function onPointerCancel(event) {
  if (event.pointerId !== pointer?.id) return;
  pointer = null;
  penUp(); // its position means nothing
}

function isPenOverPalm(event) {
  return event.pointerType === "pen" && pointer.type === "touch";
}

function position(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) / zoom, (event.clientY - box.top) / zoom];
}

// --- The keyboard -----------------------------------------------------------

function onKeyDown(event) {
  if (!isOnScreen() || isTyping(event.target)) return;
  const command = commandOf(event);
  if (!command) return;
  event.preventDefault();
  command();
}

function commandOf(event) {
  const control = event.ctrlKey || event.metaKey;
  if (control && !event.shiftKey && event.key.toLowerCase() === "z") return undo;
  if (!control && ["Escape", "Delete", "Backspace"].includes(event.key)) return clear;
  return null;
}

function isOnScreen() {
  return pad.isConnected && pad.offsetParent !== null;
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable='true']") != null;
}

// --- Replay -----------------------------------------------------------------

const HAND_SPEED = 1.7; // sides of the pad per second
const LIFTED = 0.18; // seconds between two strokes

let replay = 0; // animation frame of a running replay

function startReplay(drawing) {
  clear();
  isExample = true;
  const path = drawing.flatMap((stroke) => stroke.map(([x, y], i) => ({
    point: [x * side, y * side],
    starts: i === 0,
    ends: i === stroke.length - 1,
  })));
  const times = timesOf(path);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return path.forEach(trace);
  const start = performance.now();
  let next = 0;
  const step = () => {
    const elapsed = (performance.now() - start) / 1000;
    while (next < path.length && times[next] <= elapsed) trace(path[next++]);
    replay = next < path.length ? requestAnimationFrame(step) : 0;
  };
  replay = requestAnimationFrame(step);
}

function trace({ point, starts, ends }) {
  if (starts) penDown(point);
  else penMove(point);
  if (ends) penUp();
}

// When the hand is at each point, in seconds: it moves evenly and lifts between strokes.
function timesOf(path) {
  let time = 0;
  return path.map(({ point, starts }, i) => {
    if (starts) time += i > 0 ? LIFTED : 0;
    else time += distance(path[i - 1].point, point) / (HAND_SPEED * side);
    return time;
  });
}

// Says whether there was one to stop.
function stopReplay() {
  const wasRunning = replay !== 0;
  cancelAnimationFrame(replay);
  replay = 0;
  return wasRunning;
}

// --- Start ------------------------------------------------------------------

pad.addEventListener("pointerdown", onPointerDown);
pad.addEventListener("pointermove", onPointerMove);
pad.addEventListener("pointerup", onPointerUp);
pad.addEventListener("pointercancel", onPointerCancel);
pad.addEventListener("contextmenu", (event) => event.preventDefault());
undoButton.addEventListener("click", undo);
clearButton.addEventListener("click", clear);
document.addEventListener("keydown", onKeyDown);
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, onDrag);
window.addEventListener("lenet:replay", (event) => isOnScreen() && startReplay(event.detail));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
lenetPieces.follow(marks, props.channel);
new ResizeObserver(fitToScreen).observe(pad);
watchPixelRatio();
setZoom(1);
fitToScreen();
server.read_strokes([]); // opens the connection, so that the first stroke does not wait for it
