import type { ValidationProblem } from "../schema/index.ts";

/** What the library says, and how it is said where options begin with two hyphens, or there is no such option. */
const COMMAND_WORDS: readonly (readonly [library: RegExp, command: string])[] = [
  [/\(option timeoutMs\)/g, "(raise it with --timeout)"],
  [/was ended by the caller's AbortSignal/g, "was interrupted"],
  [/option tls\.ca\b/g, "option --tls-ca"],
  [/; option tls\.serverName [^;]*$/g, ""],
  [/options tls\.cert and tls\.key give one/g, "the command cannot give one"],
  [/, or name the broker's product in option dialect/g, ""],
  [/the option maxProblems lists (\d+) at most/g, "$1 are listed at most"],
  [/this is XQuery, and the filter's language is XPath/g, "this is XQuery, give it with --xquery"],
  [/, or use XQuery$/g, ", or use --xquery"],
  [/, or set defaultElementNamespace/g, ", or give --default-namespace"],
  [
    /a token is needed; get one with POST \/token/g,
    "the daemon wants a key: give --api-key or XQBUS_API_KEY, and XQBUS_API_SECRET (the first ones are in first-login.json of its folder)",
  ],
  [/ \((?:raise it with the )?option [\w.]+\)/g, ""],
];

/** A message of the library in the words of the command: its options where it has them, the bare limit where not. */
export function inCommandWords(message: string): string {
  return COMMAND_WORDS.reduce((text, [library, command]) => text.replace(library, command), message);
}

/** The same for what is wrong with a document. */
export function problemsInCommandWords(problems: readonly ValidationProblem[]): readonly ValidationProblem[] {
  return problems.map((problem) => ({ ...problem, message: inCommandWords(problem.message) }));
}
