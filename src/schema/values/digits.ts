/** The offset behind the digits 0 to 9 that begin at an offset. */
export function digitsEnd(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

/** Whether the UTF-16 code unit is one of the digits 0 to 9; false for NaN, which lies behind the end of a text. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The number that two digits make; -1 when there are no two digits. */
export function twoDigits(text: string, at: number): number {
  const [tens, units] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return isDigit(tens) && isDigit(units) ? (tens - 0x30) * 10 + units - 0x30 : -1;
}
