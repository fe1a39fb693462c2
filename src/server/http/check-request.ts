import { Compile } from "typebox/compile";
import type { TSchema } from "typebox";
import type { ApiProblem } from "../api-client/index.ts";
import { Refusal } from "./refusal.ts";

/** What a part of a request gives: its value as the schema has it, or why it is none. */
export type CheckedPart = { readonly value: unknown } | { readonly error: Refusal };

/** The parts of a request that have schemas. */
const PARTS: Readonly<Record<string, string>> = {
  body: "the body",
  querystring: "the query",
  params: "the path",
  headers: "the headers",
};

/** Problems that an answer lists; a request may have any number. */
const MAX_PROBLEMS = 50;

/**
 * Makes the check of a part of requests. The body must have the types of the schema as it is; what stands in the URL is text and is read
 * as the number, boolean or list that the schema wants.
 *
 * @param part `body`, `querystring`, `params`, `headers`
 */
export function checkOf(schema: TSchema, part: string): (value: unknown) => CheckedPart {
  const validator = Compile(schema);
  const fields =
    part === "body" ? {} : ((schema as { properties?: Readonly<Record<string, FieldSchema>> }).properties ?? {});
  return (given) => {
    const value = part === "body" ? given : readTexts(given, fields);
    if (validator.Check(value)) return { value };
    const problems = validator.Errors(value).filter(isTelling).slice(0, MAX_PROBLEMS).map(problemOf);
    const [first] = problems;
    const where = PARTS[part] ?? part;
    const what =
      first === undefined
        ? "is not as its schema says"
        : `: ${first.path === "" ? "" : `${first.path} `}${first.message}`;
    return { error: new Refusal(400, "xqbus:illegal-argument", `${where}${what}`, { problems }) };
  };
}

interface FieldSchema {
  readonly type?: string;
  readonly items?: FieldSchema;
}

function readTexts(given: unknown, fields: Readonly<Record<string, FieldSchema>>): unknown {
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      Object.hasOwn(fields, name) ? read(value, fields[name]) : value,
    ]),
  );
}

function read(value: unknown, field: FieldSchema | undefined): unknown {
  if (field?.type === "array" && typeof value === "string") return [value];
  if (typeof value !== "string") return value;
  if ((field?.type === "integer" || field?.type === "number") && /^-?\d{1,15}(\.\d{1,15})?$/.test(value))
    return Number(value);
  if (field?.type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params?: unknown;
}

/** Of a property that is not known the object that has it tells, too. */
function isTelling({ keyword }: SchemaError): boolean {
  return keyword !== "boolean";
}

function problemOf({ keyword, instancePath, message, params }: SchemaError): ApiProblem {
  const { additionalProperties = [] } = (params ?? {}) as { additionalProperties?: readonly string[] };
  const names = additionalProperties.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 60)));
  const text = keyword === "additionalProperties" ? `must not have the properties ${names.join(", ")}` : message;
  return { path: instancePath, message: text };
}
