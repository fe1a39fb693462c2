import { XqbusError } from "../../errors.ts";

/** Something that is wrong in a configuration. */
export interface ConfigProblem {
  /** Where: `xqbus.toml:12`, `XQBUS_EMAIL__PORT`, `--http`. */
  readonly place: string;
  /** Line in the file, from 1; undefined outside of it. */
  readonly line: number | undefined;
  /** The setting in the words of the file, `email.port`; undefined for what is no setting. */
  readonly setting: string | undefined;
  /** What is wrong and what would be right, without secrets. */
  readonly message: string;
}

/** A configuration that cannot be used; `problems` has everything that is wrong with it. */
export class InvalidConfigError extends XqbusError {
  readonly problems: readonly ConfigProblem[];
  /** A line for each of them: `xqbus.toml:12: email.port is …`. */
  readonly lines: readonly string[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ place, message }) => `${place}: ${message}`);
    super("xqbus:invalid-config", lines.join("; "));
    this.problems = problems;
    this.lines = lines;
  }
}
