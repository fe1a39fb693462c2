/** What the command tells the shell. */
export const EXIT = {
  ok: 0,
  /** The command was understood and did not succeed. */
  failure: 1,
  /** The command line itself is wrong. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
