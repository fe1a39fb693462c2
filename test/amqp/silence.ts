import { afterEach, beforeEach, expect, vi } from "vitest";

/** Fails each test of the file that prints: rhea prints what it does not understand, and the library must not let it. */
export function expectSilence(): void {
  const printed: unknown[][] = [];
  const keep = (...line: unknown[]): void => void printed.push(line);

  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(keep);
    vi.spyOn(console, "warn").mockImplementation(keep);
  });

  afterEach(() => {
    vi.mocked(console.error).mockRestore();
    vi.mocked(console.warn).mockRestore();
    expect(printed.splice(0)).toEqual([]);
  });
}
