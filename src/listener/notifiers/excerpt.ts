/**
 * Bytes of an answer that go to the delivery record. It keeps 1 KiB of them, after it has masked the values of sensitive fields that are
 * there as a whole.
 */
export const EXCERPT_BYTES = 4_096;

/**
 * The beginning of an answer as text for the delivery record: what is no UTF-8 becomes U+FFFD, control characters become
 * spaces. Undefined for an empty one.
 */
export function excerptOf(answer: Uint8Array): string | undefined {
  // A character that the limit cuts in two is left out.
  const decoder = new TextDecoder();
  const text = decoder.decode(answer.subarray(0, EXCERPT_BYTES), { stream: answer.length > EXCERPT_BYTES });
  const shown = text.replaceAll(/\p{Cc}+/gu, " ").trim();
  return shown === "" ? undefined : shown;
}

/** Keeps the beginning of an answer that comes in pieces. */
export class AnswerBeginning {
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;

  add(piece: Uint8Array): void {
    // One byte beyond the limit says that the answer is longer.
    const kept = piece.subarray(0, EXCERPT_BYTES + 1 - Math.min(this.#bytes, EXCERPT_BYTES + 1));
    if (kept.length > 0) this.#pieces.push(kept);
    this.#bytes += piece.length;
  }

  /** Bytes that have come, kept or not. */
  get bytes(): number {
    return this.#bytes;
  }

  get excerpt(): string | undefined {
    return excerptOf(Buffer.concat(this.#pieces));
  }
}
