/** Whether the text is pairs of hexadecimal digits (XML Schema 1.0 part 2, section 3.2.15). */
export function isHexBinary(text: string): boolean {
  if (text.length % 2 !== 0) return false;
  for (let at = 0; at < text.length; at++) if (!isHexDigit(text.charCodeAt(at))) return false;
  return true;
}

/** Whether the UTF-16 code unit is a hexadecimal digit. */
export function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

/**
 * The number of bytes that a base64 text stands for (section 3.2.16); undefined when it is none. There may be single spaces
 * between its characters; bits that no byte needs are zero.
 */
export function base64Bytes(text: string): number | undefined {
  let [characters, padding, last] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE) continue;
    if (code === EQUALS) {
      padding++;
      continue;
    }
    const value = sixBits(code);
    if (value < 0 || padding > 0) return undefined;
    last = value;
    characters++;
  }
  if (padding > 2 || (characters + padding) % 4 !== 0 || (padding > 0 && characters === 0)) return undefined;
  const unused = padding === 1 ? last & 0b11 : padding === 2 ? last & 0b1111 : 0;
  return unused === 0 ? ((characters + padding) / 4) * 3 - padding : undefined;
}

function sixBits(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 26;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 52;
  return code === 0x2b ? 62 : code === 0x2f ? 63 : -1;
}

const SPACE = 0x20;
const EQUALS = 0x3d;
