import { XqbusError } from "../../errors.ts";

/** The user of a login with ANONYMOUS. */
export const ANONYMOUS_USER = "anonymous";

/** The user of the process that the broker runs in: over {@link Broker.inProcess} only, and it may do everything. */
export const IN_PROCESS_USER = "in-process";

/** UTF-16 code units of a user's name. */
const MAX_LENGTH = 255;
/** In rules it means every user. */
const EVERYBODY = "*";
/** Control characters, line and paragraph separators, marks of the writing direction, zero-width characters, half surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Why a text cannot be the name of a user; undefined when it can. In the spirit of RFC 8265, section 3.4. */
export function userNameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.length > MAX_LENGTH) return `has ${name.length} characters; at most ${MAX_LENGTH}`;
  if (INVISIBLE.test(name)) return "has control characters or other invisible ones";
  if (name !== name.trim()) return "begins or ends with white space";
  if ([EVERYBODY, ANONYMOUS_USER, IN_PROCESS_USER].includes(name)) return "has a meaning of its own in rules";
  return name === name.normalize("NFC") ? undefined : "is not in the normalization form C of Unicode";
}

/** @throws XqbusError `xqbus:illegal-argument` */
export function assertUserName(name: string): void {
  const problem = userNameProblem(name);
  if (problem === undefined) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `the user name ${JSON.stringify(name.slice(0, MAX_LENGTH))} ${problem}; expected a name such as "ada"`,
  );
}
