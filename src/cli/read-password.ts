import type { Readable } from "node:stream";
import { XqbusError } from "../errors.ts";
import type { Io } from "./io.ts";

/** A terminal whose echo can be turned off. */
interface Terminal extends Readable {
  readonly isTTY: true;
  setRawMode(raw: boolean): unknown;
}

/** Bytes of a password and the line end behind it. */
const MAX_BYTES = 1024;
const BACKSPACE = /[\b\x7F]/;
const END_OF_LINE = /[\r\n]/;
/** Ctrl-C and Ctrl-D, which a terminal does not act on while it hides what is typed. */
const GIVE_UP = /[\x03\x04]/;

/**
 * A new password: typed twice at a terminal, where it is not shown, or from standard input, where a line end behind it does not
 * count.
 *
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:aborted`
 */
export async function readPassword(io: Io, fromStdin: boolean): Promise<string> {
  if (fromStdin) return readAll(io);
  const { stdin } = io;
  if (!isTerminal(stdin)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      "standard input is no terminal to ask for the password; give it with --password-stdin",
    );
  }
  const password = await ask(stdin, "password: ", io);
  if ((await ask(stdin, "once more: ", io)) === password) return password;
  throw new XqbusError("xqbus:illegal-argument", "the two passwords differ; nothing was changed");
}

async function readAll({ stdin, signal }: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    if (signal.aborted) throw aborted();
    chunks.push(Buffer.from(chunk as Buffer));
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new XqbusError("xqbus:limit-exceeded", `the password has more than ${MAX_BYTES} bytes`);
    }
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}

function isTerminal(stdin: Readable): stdin is Terminal {
  return "isTTY" in stdin && stdin.isTTY === true && "setRawMode" in stdin;
}

function ask(terminal: Terminal, prompt: string, { stderr, signal }: Io): Promise<string> {
  stderr.write(prompt);
  terminal.setRawMode(true);
  return new Promise<string>((resolve, reject) => {
    let typed = "";
    const onData = (data: Buffer): void => {
      for (const character of data.toString("utf8")) {
        if (GIVE_UP.test(character)) return end(() => reject(aborted()));
        if (END_OF_LINE.test(character)) return end(() => resolve(typed));
        typed = BACKSPACE.test(character) ? [...typed].slice(0, -1).join("") : `${typed}${character}`;
      }
    };
    const onAbort = (): void => end(() => reject(aborted()));
    const end = (then: () => void): void => {
      terminal.off("data", onData);
      signal.removeEventListener("abort", onAbort);
      terminal.setRawMode(false);
      terminal.pause();
      stderr.write("\n");
      then();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    terminal.on("data", onData);
    terminal.resume();
  });
}

function aborted(): XqbusError {
  return new XqbusError("xqbus:aborted", "interrupted while reading the password; nothing was changed");
}
