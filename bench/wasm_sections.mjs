// Reads a WebAssembly file: the size of every function's code and its name, and from these the bytes of each crate.

/** An unsigned LEB128 number at `at`: [number, next position]. */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/** Name and size of every part of the file: [{ id, name, start, end }]. */
export function sections(bytes) {
  const found = [];
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at];
    const [size, start] = number(bytes, at + 1);
    let name = '';
    let body = start;
    if (id === 0) {
      const [length, from] = number(bytes, start);
      name = bytes.toString('utf8', from, from + length);
      body = from + length;
    }
    found.push({ id, name, start: body, end: start + size });
    at = start + size;
  }
  return found;
}

/** How many functions the file imports: the code's numbers begin after them. */
function importedFunctions(bytes, section) {
  if (!section) return 0;
  let [count, at] = number(bytes, section.start);
  let functions = 0;
  const skip = () => ([, at] = number(bytes, at));
  const skipName = () => {
    const [length, from] = number(bytes, at);
    at = from + length;
  };
  const skipLimits = () => {
    const flags = bytes[at++];
    skip();
    if (flags & 1) skip();
  };
  for (; count > 0; count--) {
    skipName();
    skipName();
    const kind = bytes[at++];
    if (kind === 0) functions++, skip();
    else if (kind === 1) at++, skipLimits();
    else if (kind === 2) skipLimits();
    else if (kind === 3) at += 2;
    else at++, skip();
  }
  return functions;
}

/** Names of functions by number, from the "name" section. */
function functionNames(bytes, section) {
  const names = new Map();
  for (let at = section?.start ?? 0, end = section?.end ?? 0; at < end; ) {
    const kind = bytes[at];
    const [size, body] = number(bytes, at + 1);
    if (kind === 1) {
      let [count, from] = number(bytes, body);
      for (; count > 0; count--) {
        const [index, afterIndex] = number(bytes, from);
        const [length, text] = number(bytes, afterIndex);
        names.set(index, bytes.toString('utf8', text, text + length));
        from = text + length;
      }
    }
    at = body + size;
  }
  return names;
}

/** Every function's code: [{ name, bytes }]. */
export function functions(bytes) {
  const parts = sections(bytes);
  const code = parts.find((part) => part.id === 10);
  const names = functionNames(bytes, parts.find((part) => part.id === 0 && part.name === 'name'));
  const first = importedFunctions(bytes, parts.find((part) => part.id === 2));
  const found = [];
  let [count, at] = number(bytes, code.start);
  for (let index = first; count > 0; count--, index++) {
    const [size, start] = number(bytes, at);
    at = start + size;
    found.push({ name: names.get(index) ?? '', bytes: size });
  }
  return found;
}

/** The crate that a function's code stems from: the first path of its demangled or mangled name; for `<T as Trait>` that of T. */
export function crateOf(name) {
  const legacy = /^_ZN(.*)$/.exec(name);
  const text = legacy ? demangle(legacy[1]) : name;
  const found = /([A-Za-z_][A-Za-z0-9_]*)(?:\[[0-9a-f]+\])?::/.exec(text);
  if (found) return found[1];
  const modern = /^_R.*?C(?:s[0-9A-Za-z]*_)?(\d+)/.exec(name);
  if (modern) {
    const length = Number(modern[1]);
    const from = modern[0].length + (name[modern[0].length] === '_' ? 1 : 0);
    return name.slice(from, from + length);
  }
  return name ? '(no crate: memory, compiler)' : '(no name)';
}

/** `4core3fmt9Formatter3pad17h…E` → `core::fmt::Formatter::pad`, with `<` and `>` written out. */
function demangle(text) {
  const parts = [];
  for (let at = 0; /\d/.test(text[at] ?? ''); ) {
    const length = Number(/^\d+/.exec(text.slice(at))[0]);
    at += String(length).length;
    parts.push(text.slice(at, at + length));
    at += length;
  }
  const signs = { LT: '<', GT: '>', RF: '&', BP: '*', LP: '(', RP: ')', C: ',', u20: ' ', u7b: '{', u7d: '}', u5b: '[', u5d: ']', u3b: ';', u2b: '+', u27: "'" };
  return parts.join('::').replace(/\$(\w+)\$/g, (whole, sign) => signs[sign] ?? whole).replace(/\.\./g, '::');
}
