import { messageOf } from "../errors.ts";

/** Is told what happens to files that are followed; must not throw. */
export interface ChangeReport {
  /** Something has changed as somebody wanted it. */
  note(text: string): void;
  /** A file cannot be used, and what was in effect before stays so. */
  problem(text: string, error: unknown): void;
}

/** Takes over what changed, and tells of it. @param stays `users stay as they were` @param reload gives what is to be said */
export async function reportChange(report: ChangeReport, stays: string, reload: () => Promise<string>): Promise<void> {
  try {
    report.note(await reload());
  } catch (error) {
    report.problem(`${stays}: ${messageOf(error)}`, error);
  }
}
