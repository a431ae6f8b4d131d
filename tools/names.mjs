// Names and checks that follow from a file's content: name-<hash>.ext, and the integrity attribute.
import { createHash } from 'node:crypto';

/** `fonts/a.woff2` → `fonts/a-1f2e3d4c5b6a7988.woff2`: 16 hexadecimal digits of the content's SHA-256. */
export function hashedName(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return name.replace(/(\.[a-z0-9]+)$/, `-${hash}$1`);
}

/** The value of an `integrity` attribute. */
export function integrity(content) {
  return 'sha384-' + createHash('sha384').update(content).digest('base64');
}
