// Hides faces and number plates in a photo, fetched when somebody asks for it: a brush for finger, mouse and pen, a frame for the keyboard.
// What is hidden cannot be read again: its pixels are averages over large squares, averaged once more with their neighbours. It knows no words.

/** How many squares the longer side of a photo is cut into, and the least pixels of one. */
const SQUARES = 32;
const SQUARE_MIN = 16;
/** Radius of the brush, as parts of the longer side; which of them is first. */
const RADII = [60, 40, 26, 16, 9];
const FIRST = 2;
/** The frame's sides, in radii of the brush; how far an arrow key moves it. */
const FRAME = 4;
const STEP = 1;
/** The longest side of what is seen while working, in pixels. */
const SEEN_MAX = 1280;
/** JPEG quality: that of the photo itself (src/files/shrink.rs). */
const QUALITY = 0.82;
/** Where an arrow key leads. */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** A canvas of its own and its brush. */
function sheet(width, height) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  return [canvas, canvas.getContext('2d')];
}

/** The photo as averages: halved until a pixel stands for a square, then each with its neighbours. */
export function averages(photo, width, height) {
  const square = Math.max(SQUARE_MIN, Math.max(width, height) / SQUARES);
  let [small, paint] = [photo, null];
  for (let size = 1; size < square; size *= 2) {
    [width, height] = [Math.max(1, Math.round(width / 2)), Math.max(1, Math.round(height / 2))];
    const [half, brush] = sheet(width, height);
    brush.drawImage(small, 0, 0, width, height);
    [small, paint] = [half, brush];
  }
  const pixels = paint.getImageData(0, 0, width, height);
  pixels.data.set(smooth(pixels.data, width, height));
  paint.putImageData(pixels, 0, 0);
  return small;
}

/** Every pixel (four bytes) as the mean of itself and those around it. */
export function smooth(from, width, height) {
  const to = new Uint8ClampedArray(from.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const sum = [0, 0, 0, 0];
      let count = 0;
      for (let down = Math.max(0, y - 1); down <= Math.min(height - 1, y + 1); down += 1)
        for (let right = Math.max(0, x - 1); right <= Math.min(width - 1, x + 1); right += 1) {
          const at = (down * width + right) * 4;
          sum.forEach((_, part) => (sum[part] += from[at + part]));
          count += 1;
        }
      sum.forEach((value, part) => (to[(y * width + x) * 4 + part] = value / count));
    }
  return to;
}

/**
 * Opens a photo (JPEG bytes) on a canvas. `tell(count)` hears how many places are hidden. Gives `resize(by)`, `undo()`, `done()` (the bytes
 * of the photo as it is now) and `close()`.
 */
export async function open(canvas, bytes, tell) {
  const original = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
  const { width, height } = original;
  const longest = Math.max(width, height);
  const [photo, paint] = sheet(width, height);
  paint.drawImage(original, 0, 0);
  const hidden = averages(original, width, height);
  // Repeated, so that no pixel at the edge is half transparent.
  const pattern = paint.createPattern(hidden, 'repeat');
  pattern.setTransform(new DOMMatrix().scale(width / hidden.width, height / hidden.height));
  [paint.strokeStyle, paint.fillStyle, paint.lineCap, paint.lineJoin] = [pattern, pattern, 'round', 'round'];
  const scale = Math.min(1, SEEN_MAX / longest);
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const seen = canvas.getContext('2d');
  /** What is hidden, in order: `{ line: [[x, y], …], radius }` or `{ frame: [x, y, width, height] }`, in pixels of the photo. */
  let marks = [];
  let size = FIRST;
  let center = [width / 2, height / 2];
  let isFramed = false;
  let line;
  let drawn;

  const radius = () => longest / RADII[size];
  const frame = () => {
    const side = radius() * FRAME;
    return [center[0] - side / 2, center[1] - side / 2, side, side];
  };
  const hide = (mark, from = 0) => {
    if (mark.frame) return paint.fillRect(...mark.frame);
    paint.lineWidth = mark.radius * 2;
    paint.beginPath();
    const [first, ...rest] = mark.line.slice(Math.max(0, from - 1));
    paint.moveTo(...first);
    for (const point of rest.length ? rest : [first]) paint.lineTo(...point);
    paint.stroke();
  };
  const show = () => {
    cancelAnimationFrame(drawn);
    drawn = requestAnimationFrame(() => {
      seen.drawImage(photo, 0, 0, canvas.width, canvas.height);
      if (!isFramed) return;
      // Dark on light, so that it is seen on every photo.
      for (const [colour, thickness] of [['#fff', 6], ['#000', 2]]) {
        [seen.strokeStyle, seen.lineWidth] = [colour, thickness * Math.max(1, canvas.width / Math.max(1, canvas.clientWidth))];
        seen.strokeRect(...frame().map((value) => value * scale));
      }
    });
  };
  const changed = () => {
    show();
    tell(marks.length);
  };
  const undo = () => {
    marks.pop();
    paint.drawImage(original, 0, 0);
    marks.forEach((mark) => hide(mark));
    changed();
  };
  const resize = (by) => {
    size = Math.min(RADII.length - 1, Math.max(0, size + by));
    show();
  };
  const place = ({ offsetX, offsetY }) => [(offsetX / canvas.clientWidth) * width, (offsetY / canvas.clientHeight) * height];

  const listeners = {
    pointerdown(event) {
      if (event.button !== 0 || line) return;
      canvas.setPointerCapture(event.pointerId);
      isFramed = false;
      line = { line: [place(event)], radius: radius(), pointer: event.pointerId };
      marks.push(line);
      hide(line);
      changed();
    },
    pointermove(event) {
      if (line?.pointer !== event.pointerId) return;
      const before = line.line.length;
      const moves = event.getCoalescedEvents?.() ?? [];
      line.line.push(...(moves.length ? moves : [event]).map(place));
      hide(line, before);
      show();
    },
    pointerup() {
      line = undefined;
    },
    pointercancel() {
      line = undefined;
    },
    focus() {
      isFramed = canvas.matches(':focus-visible');
      show();
    },
    blur() {
      isFramed = false;
      show();
    },
    keydown(event) {
      const arrow = ARROWS[event.key];
      const by = { '+': 1, '-': -1 }[event.key];
      if (arrow) {
        const most = [width, height];
        center = center.map((value, axis) => Math.min(most[axis], Math.max(0, value + arrow[axis] * radius() * STEP)));
      } else if (by) resize(by);
      else if (event.key === 'Enter' || event.key === ' ') {
        marks.push({ frame: frame() });
        hide(marks.at(-1));
        tell(marks.length);
      } else if (event.key === 'Backspace' || event.key === 'Delete') undo();
      else return;
      event.preventDefault();
      isFramed = true;
      show();
    },
  };
  for (const [name, listener] of Object.entries(listeners)) canvas.addEventListener(name, listener);
  changed();

  return {
    undo,
    resize,
    async done() {
      const blob = await new Promise((resolve) => photo.toBlob(resolve, 'image/jpeg', QUALITY));
      if (blob?.type !== 'image/jpeg') throw new Error('the canvas cannot be read');
      return new Uint8Array(await blob.arrayBuffer());
    },
    close() {
      cancelAnimationFrame(drawn);
      for (const [name, listener] of Object.entries(listeners)) canvas.removeEventListener(name, listener);
      original.close();
      // A large canvas is given back at once.
      [photo.width, photo.height] = [0, 0];
    },
  };
}
