import { X509Certificate } from "node:crypto";
import type { NotifierField } from "../../notifier.ts";
import { checkFields, illegalField } from "../../check-fields.ts";
import { assertHeaders } from "./extra-headers.ts";
import { signingKey } from "./sign.ts";

/** What the body of a call is. */
export type HttpFormat = "json" | "xml" | "cloudevents" | "cloudevents-binary";

/** The configuration of an HTTP listener, as `docs/notifiers.md` says. */
export interface HttpConfig {
  readonly url: string;
  readonly format?: HttpFormat;
  readonly mask?: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly headers?: readonly string[];
  readonly signingSecrets?: readonly string[];
  readonly ca?: string;
  readonly connectTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
  readonly bodyTimeoutMs?: number;
}

const MAX_URL_LENGTH = 4_096;
const MAX_SECRETS = 5;
const MAX_TIMEOUT_MS = 600_000;
/** What a header field may have without being read in different ways (RFC 9110, section 5.5), white space only inside. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/u;

export const HTTP_FIELDS: readonly NotifierField[] = [
  { name: "url", kind: "text", isRequired: true, help: "Where events are sent to by POST: http:// or https://" },
  {
    name: "format",
    kind: "choice",
    choices: ["json", "xml", "cloudevents", "cloudevents-binary"] satisfies HttpFormat[],
    help: "What is sent: json (the default), xml, or a CloudEvent 1.0 with the JSON as its data",
  },
  { name: "mask", kind: "boolean", help: "Send *** in place of sensitive fields (default: false)" },
  { name: "user", kind: "text", help: "User name of basic authentication" },
  { name: "password", kind: "text", isSecret: true, help: "Password of basic authentication" },
  { name: "token", kind: "text", isSecret: true, help: "Bearer token, instead of user and password" },
  { name: "headers", kind: "texts", isSecret: true, help: 'More header fields, each "Name: value"' },
  {
    name: "signingSecrets",
    kind: "texts",
    isSecret: true,
    help: "Secrets whsec_… of Standard Webhooks; a call is signed with each of them",
  },
  { name: "ca", kind: "text", help: "Authorities to trust instead of the system's, as PEM text" },
  { name: "connectTimeoutMs", kind: "number", help: "How long connecting may take (default: 10000)" },
  { name: "headersTimeoutMs", kind: "number", help: "How long the answer may take to begin (default: 60000)" },
  { name: "bodyTimeoutMs", kind: "number", help: "How long the answer may pause (default: 30000)" },
];

/** @throws XqbusError `xqbus:illegal-argument` that names the field and what would be right */
export function checkHttpConfig(config: Readonly<Record<string, unknown>>): HttpConfig {
  // The fields have made sure of the types.
  const checked = checkFields("http", HTTP_FIELDS, config) as unknown as HttpConfig;
  const { user, password, token, headers = [], signingSecrets = [] } = checked;
  assertUrl(checked.url);
  if (password !== undefined && user === undefined) throw illegal("password", "needs the field user");
  if (user !== undefined && token !== undefined) throw illegal("token", "and the field user exclude each other");
  // RFC 7617, section 2
  if (user !== undefined && /[:\p{Cc}]/u.test(user))
    throw illegal("user", 'must be without ":" and control characters');
  if (password !== undefined && /\p{Cc}/u.test(password))
    throw illegal("password", "must be without control characters");
  if (token !== undefined && !FIELD_VALUE.test(token)) throw illegal("token", "must be of printable ASCII characters");
  assertHeaders(headers, (rule) => illegal("headers", rule));
  if (signingSecrets.length > MAX_SECRETS) throw illegal("signingSecrets", `must have at most ${MAX_SECRETS} secrets`);
  if (signingSecrets.some((secret) => signingKey(secret) === undefined)) {
    throw illegal("signingSecrets", "must be whsec_ and the base64 of 24 to 64 bytes each");
  }
  if (checked.ca !== undefined) assertCertificates(checked.ca);
  for (const name of ["connectTimeoutMs", "headersTimeoutMs", "bodyTimeoutMs"] as const) {
    const value = checked[name];
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= MAX_TIMEOUT_MS)) continue;
    throw illegal(name, `must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT_MS}`, value);
  }
  return checked;
}

function assertUrl(text: string): void {
  if (text.length > MAX_URL_LENGTH) throw illegal("url", `must have at most ${MAX_URL_LENGTH} characters`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The parser leaves out white space, and takes "\" for "/": what a person reads there is not what would be called.
  if (url === undefined || /[\s\\\p{Cc}]/u.test(text) || !/^https?:\/\/[^/]/iu.test(text)) {
    throw illegal("url", "must be http://host/path or https://host/path, without white space", withoutLogin(text));
  }
  if (url.username !== "" || url.password !== "") {
    throw illegal("url", "must be without a login; that goes into the fields user and password");
  }
  if (text.includes("#")) throw illegal("url", 'must be without "#"');
}

/** A URL that cannot be read may have a password all the same. */
function withoutLogin(text: string): string | undefined {
  return text.includes("@") ? undefined : text;
}

function assertCertificates(pem: string): void {
  try {
    new X509Certificate(pem);
  } catch {
    throw illegal("ca", "must be a certificate in PEM: -----BEGIN CERTIFICATE-----");
  }
}

function illegal(field: string, rule: string, value?: unknown): Error {
  return illegalField("http", field, rule, value);
}
