// @ts-check
// The page for the review of corrections: counts what is decided, and gives it as a file.

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const told = /** @type {HTMLOutputElement} */ (document.querySelector("output"));
const choices = [...form.querySelectorAll("fieldset")];
let isSaved = true;

/** @param {HTMLFieldSetElement} fieldset @returns {string} "keep", "drop" or "" */
function chosen(fieldset) {
  const checked = /** @type {HTMLInputElement | null} */ (fieldset.querySelector(":checked"));
  return checked ? checked.value : "";
}

function tell() {
  const count = { keep: 0, drop: 0, "": 0 };
  for (const fieldset of choices) count[/** @type {keyof typeof count} */ (chosen(fieldset))] += 1;
  told.value = `${count.keep} kept, ${count.drop} dropped, ${count[""]} not decided`;
}

function keepTheRest() {
  for (const fieldset of choices) {
    const keep = /** @type {HTMLInputElement} */ (fieldset.querySelector('[value="keep"]'));
    if (!chosen(fieldset)) keep.checked = true;
  }
  changed();
}

function changed() {
  isSaved = false;
  tell();
}

function save() {
  const decided = choices.flatMap((fieldset) => {
    const choice = chosen(fieldset);
    return choice ? [[fieldset.name, choice]] : [];
  });
  const link = document.createElement("a");
  const content = JSON.stringify(Object.fromEntries(decided), null, 1);
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = "decisions.json";
  link.click();
  isSaved = true;
}

form.addEventListener("change", changed);
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("rest")?.addEventListener("click", keepTheRest);
document.getElementById("save")?.addEventListener("click", save);
addEventListener("beforeunload", (event) => {
  if (!isSaved) event.preventDefault();
});
tell();
