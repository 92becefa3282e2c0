// @ts-check
// Files that the page serves, fetched where they are first used.

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
