// Tokens of anonymous questionnaires: made and blinded here, signed by the CRM, which cannot read them, and unblinded here (RFC 9474,
// RSABSSA-SHA384-PSSZERO-Deterministic; docs/adr/0014). Loaded by src/questionnaires/ballot.rs when somebody opens such a questionnaire.

const EXPONENT = 65_537n;
/** Bytes of the modulus, of a hash, of a token. */
const [BYTES, HASH, TOKEN] = [256, 48, 16];

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const toNumber = (bytes) => BigInt(`0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);
const fromNumber = (number) => Uint8Array.from(number.toString(16).padStart(BYTES * 2, '0').match(/../g), (pair) => parseInt(pair, 16));
const sha384 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-384', await new Blob(parts).arrayBuffer()));

function power(base, exponent, modulus) {
  let result = 1n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

/** The number that gives 1 with `value`; undefined when there is none. */
function inverse(value, modulus) {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return a === 1n ? ((x % modulus) + modulus) % modulus : undefined;
}

/** EMSA-PSS with SHA-384 and an empty salt (RFC 8017 §9.1.1), for a modulus of 2048 bits. */
async function encoded(token) {
  const hash = await sha384(new Uint8Array(8), await sha384(token));
  const block = new Uint8Array(BYTES - HASH - 1);
  block[block.length - 1] = 1;
  for (let at = 0, counter = 0; at < block.length; at += HASH, counter += 1) {
    const mask = await sha384(hash, new Uint8Array([0, 0, 0, counter]));
    for (let index = 0; index < HASH && at + index < block.length; index += 1) block[at + index] ^= mask[index];
  }
  block[0] &= 0x7f;
  return toNumber([...block, ...hash, 0xbc]);
}

/** A new token for a questionnaire whose tokens are signed under `modulus`: JSON { token, blinded, factor }, to be kept before it is sent. */
export async function begin(modulus) {
  const n = toNumber(toBytes(modulus));
  const token = crypto.getRandomValues(new Uint8Array(TOKEN));
  let [random, factor] = [0n, undefined];
  while (factor === undefined) {
    random = toNumber(crypto.getRandomValues(new Uint8Array(BYTES)));
    factor = random < n ? inverse(random, n) : undefined;
  }
  const blinded = ((await encoded(token)) * power(random, EXPONENT, n)) % n;
  return JSON.stringify({ token: toText(token), blinded: toText(fromNumber(blinded)), factor: toText(fromNumber(factor)) });
}

/** The signature of a token, out of what was signed; fails when it is none. */
export async function finish(modulus, begun, signed) {
  const n = toNumber(toBytes(modulus));
  const { token, factor } = JSON.parse(begun);
  const signature = (toNumber(toBytes(signed)) * toNumber(toBytes(factor))) % n;
  if (power(signature, EXPONENT, n) !== (await encoded(toBytes(token)))) throw new Error('not signed');
  return toText(fromNumber(signature));
}
