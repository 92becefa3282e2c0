// The table of all photos read, and its download. Gradio runs this once, with `element`.

const section = element.querySelector(".results");
const title = section.querySelector("h2");
const body = section.querySelector("tbody");

const STATUS = {
  ok: "sure",
  unsure: "not sure",
  not_a_digit: "no digit",
  empty: "nothing to read",
  error: "not read",
};

let photos = [];

function show(detail) {
  const known = photos;
  photos = detail.photos;
  section.hidden = photos.length < 2;
  title.textContent = `${photos.length} photos`;
  // A photo is never changed: as long as they only grow in number, rows are only added.
  const isGrown = known.every((photo, number) => photos[number] === photo);
  if (!isGrown) body.replaceChildren();
  body.append(...photos.slice(body.rows.length).map(rowOf));
  for (const row of body.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
  body.rows[detail.shown]?.setAttribute("aria-current", "true");
}

function rowOf({ name, text, status, error, thumbnail }) {
  const row = document.createElement("tr");
  row.append(
    cell(...(thumbnail ? [picture(thumbnail)] : [])),
    cell(button(name)),
    cell(span(`text${error ? " sentence" : ""}`, error.replace(`${name}: `, "") || text || "–")),
    cell(span("status", STATUS[status], status)),
  );
  return row;
}

function cell(...content) {
  const made = document.createElement("td");
  made.append(...content);
  return made;
}

function picture(address) {
  const made = document.createElement("img");
  Object.assign(made, { src: address, alt: "", loading: "lazy" });
  return made;
}

function button(name) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", textContent: name });
  return made;
}

function span(className, content, status) {
  const made = document.createElement("span");
  Object.assign(made, { className, textContent: content });
  if (status) made.dataset.status = status;
  return made;
}

function choose({ target }) {
  const row = target.closest("tr");
  window.dispatchEvent(new CustomEvent("lenet:photos-show", { detail: row.sectionRowIndex }));
}

// --- Download ---------------------------------------------------------------

const COLUMNS = ["file", "status", "text", "error"];

// As RFC 4180 has it, with the mark by which spreadsheets know UTF-8.
function csv() {
  const rows = photos.map(({ name, status, text, error }) => [name, status, text, error]);
  return `\ufeff${[COLUMNS, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("")}`;
}

function quoted(value) {
  return `"${harmless(value).replaceAll('"', '""')}"`;
}

// A spreadsheet would run what begins like a formula, and a visitor names files as they like.
function harmless(value) {
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
  link.download = "numbers.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

body.addEventListener("click", choose);
section.querySelector(".download").addEventListener("click", download);
window.addEventListener("lenet:photos", ({ detail }) => show(detail));
