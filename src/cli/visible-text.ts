/**
 * Foreign text as a terminal may see it: control characters, and the marks that turn the writing direction, are written
 * as escapes, so that an event can neither colour nor rearrange nor fake what stands on the screen. Line ends are kept.
 */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

const INVISIBLE = /[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The text without line ends. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, "; ");
}
