// @ts-check
// Fetches the page's own files, for panels that need them when they are first opened.

/** @param {string} name of a file that the page serves */
export function addressOf(name) {
  return new URL(`lenet/${name}`, document.baseURI).href;
}

/** @param {string} name */
export async function fetchFile(name) {
  const file = await fetch(addressOf(name));
  if (!file.ok) throw new Error(`${name}: wanted a file, got ${file.status}`);
  return file;
}

/** @param {string} name */
export function addStyle(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = addressOf(name);
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
    document.head.append(link);
  });
}

let failures = 0; // browsers remember an address from which a module could not be loaded

/** @param {string} name of a module */
export async function importFile(name) {
  try {
    return await import(addressOf(`${name}?${failures}`));
  } catch (error) {
    failures += 1;
    throw error;
  }
}
