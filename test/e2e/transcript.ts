import { readFileSync } from "node:fs";

/** A command of a transcript, as it was typed, and what it printed. */
export interface Exchange {
  /** Arguments behind the name of the program, without the quotes of the shell. */
  readonly args: readonly string[];
  readonly output: readonly string[];
}

/** The commands of the literal blocks of a document in reStructuredText: `  $ program …`, or with a prompt before the dollar. */
export function readTranscript(file: string, program: string): readonly Exchange[] {
  const exchanges: { readonly args: readonly string[]; readonly output: string[] }[] = [];
  let isLiteral = false;
  let isOurs = false;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.trim() !== "" && !line.startsWith("  ")) {
      isLiteral = line.endsWith("::");
      isOurs = false;
    }
    if (!isLiteral || !line.startsWith("  ")) {
      if (isOurs && line.trim() === "") exchanges.at(-1)?.output.push("");
      continue;
    }
    const typed = /^ {2}(?:\[[^\]]*\])?\$ (.*)$/.exec(line)?.[1];
    if (typed === undefined) {
      if (isOurs) exchanges.at(-1)?.output.push(line.slice(2));
      continue;
    }
    isOurs = typed.startsWith(`${program} `);
    if (isOurs) exchanges.push({ args: words(typed).slice(1), output: [] });
  }
  return exchanges.map(({ args, output }) => ({ args, output: trimmed(output) }));
}

/** The words of a shell's line with quotes of both kinds. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/["']/g, ""));
}

function trimmed(lines: readonly string[]): readonly string[] {
  return lines.join("\n").trim().split("\n");
}
