// @ts-check
// Pictures of photos, kept as files of the browser's, not as text in memory.

const THUMBNAIL = 96; // pixels of its longer side

/**
 * @param {string} base64 a JPEG
 * @returns {Promise<{ preview?: string, thumbnail?: string }>} addresses; none where it cannot be shown
 */
export async function picturesOf(base64) {
  try {
    const blob = await (await fetch(`data:image/jpeg;base64,${base64}`)).blob();
    const small = await thumbnailOf(blob);
    return { preview: URL.createObjectURL(blob), thumbnail: URL.createObjectURL(small) };
  } catch {
    return {};
  }
}

/** @param {{ preview?: string, thumbnail?: string }} pictures */
export function forgetPictures({ preview, thumbnail }) {
  for (const address of [preview, thumbnail]) if (address) URL.revokeObjectURL(address);
}

/**
 * @param {Blob} blob
 * @returns {Promise<Blob>}
 */
async function thumbnailOf(blob) {
  const bitmap = await createImageBitmap(blob);
  const scale = THUMBNAIL / Math.max(bitmap.width, bitmap.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(bitmap.width * scale);
  canvas.height = Math.ceil(bitmap.height * scale);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((small) => (small ? resolve(small) : reject(new Error("no thumbnail"))), "image/jpeg");
  });
}
