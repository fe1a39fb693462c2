import { InvalidArgumentError, Option } from "commander";
import type { NotifierField } from "../../../listener/index.ts";
import { XqbusError } from "../../../errors.ts";
import type { Io } from "../../io.ts";
import { collect } from "../../options.ts";
import { readPassword } from "../../read-password.ts";

/** What a secret is given as when it is not to stand on the command line. */
const FROM_STDIN = "-";

/** The options of a notifier's configuration; a boolean field has two. */
export function fieldOptions(fields: readonly NotifierField[], verb: "create" | "update"): readonly Option[] {
  return fields.flatMap((field) => {
    const required = field.isRequired === true && verb === "create" ? "(required) " : "";
    const secret = field.isSecret === true ? `; ${FROM_STDIN} reads it from standard input` : "";
    const description = `${required}${lowerFirst(field.help)}${secret}`;
    const name = kebabCase(field.name);
    if (field.kind === "boolean") {
      return [new Option(`--${name}`, description), new Option(`--no-${name}`, `the opposite of --${name}`)];
    }
    return [valueOption(field, name, description)];
  });
}

/** The configuration that the options give; what was not given is left out. */
export async function fieldValues(
  fields: readonly NotifierField[],
  options: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<Readonly<Record<string, unknown>>> {
  const config: Record<string, unknown> = {};
  let isRead = false;
  for (const { name, isSecret } of fields) {
    const value = options[name];
    if (value === undefined) continue;
    if (isSecret !== true || !isFromStdin(value)) {
      config[name] = value;
      continue;
    }
    if (isRead) {
      throw new XqbusError("xqbus:illegal-argument", "only one secret can be read from standard input");
    }
    isRead = true;
    const secret = await readPassword(io, true);
    config[name] = Array.isArray(value) ? [secret] : secret;
  }
  return config;
}

/** Names of the fields that must be given and are not. */
export function missingFields(
  fields: readonly NotifierField[],
  config: Readonly<Record<string, unknown>>,
): readonly string[] {
  return fields.flatMap(({ name, isRequired }) =>
    isRequired === true && config[name] === undefined ? [`--${kebabCase(name)}`] : [],
  );
}

function valueOption({ kind, choices = [], isSeparated }: NotifierField, name: string, description: string): Option {
  switch (kind) {
    case "number":
      return new Option(`--${name} <number>`, description).argParser(finiteNumber);
    case "choice":
      return new Option(`--${name} <choice>`, description).choices(choices);
    case "texts": {
      const parse = (text: string, previous?: readonly string[]): readonly string[] =>
        isSeparated === true ? [...(previous ?? []), ...text.split(",")] : collect(text, previous);
      const repeat = isSeparated === true ? "" : "; may be repeated";
      return new Option(`--${name} <${isSeparated === true ? "list" : "text"}>`, `${description}${repeat}`).argParser(
        parse,
      );
    }
    default:
      return new Option(`--${name} <text>`, description);
  }
}

function isFromStdin(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 1 && value[0] === FROM_STDIN : value === FROM_STDIN;
}

function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Help of options begins small here; an abbreviation or a name stays as it is. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}
