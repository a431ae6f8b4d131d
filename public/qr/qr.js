// Reads the QR code in a photo: by the browser's own detector where there is one, else by a decoder that travels with this script
// (tools/qr.mjs). The photo is drawn small on this device, and goes nowhere.
import jsQR from 'jsqr';

/** Sides to look at, in pixels: a code that fills the photo is found in a small one, a code in a corner in a large one. */
const SIDES = [800, 1600, 400];

/** The text of the first QR code in a photo; null when there is none, or the file is no photo. */
export async function read(file) {
  const photo = await createImageBitmap(file).catch(() => null);
  if (!photo) return null;
  try {
    return (await detected(photo)) ?? SIDES.map((side) => decoded(photo, side)).find(Boolean) ?? null;
  } finally {
    photo.close();
  }
}

/** What the browser's own detector sees; nothing where there is none. */
async function detected(photo) {
  try {
    const formats = await globalThis.BarcodeDetector?.getSupportedFormats();
    if (!formats?.includes('qr_code')) return undefined;
    const [first] = await new BarcodeDetector({ formats: ['qr_code'] }).detect(photo);
    return first?.rawValue;
  } catch {
    return undefined;
  }
}

/** What the decoder sees in the photo at a size. */
function decoded(photo, side) {
  const scale = Math.min(1, side / Math.max(photo.width, photo.height));
  const [width, height] = [photo.width, photo.height].map((length) => Math.max(1, Math.round(length * scale)));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  // A photo with holes (PNG) is on white paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(photo, 0, 0, width, height);
  return jsQR(context.getImageData(0, 0, width, height).data, width, height)?.data;
}
