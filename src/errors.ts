/**
 * The base error class of the package and the list of all its error codes.
 *
 * A code is stable: programs may switch on it. Where a standard has a code, that code is used as it is:
 * `amqp:not-found` (AMQP 1.0, part 2.8.15), `XPST0003` (XQuery 3.1, appendix F), `cvc-complex-type.2.4` (XML Schema 1.0).
 * The codes below fill the gaps; each has the prefix `xqbus:`.
 */
export const ERROR_CODES = {
  "xqbus:aborted": "the caller's AbortSignal ended the operation",
  "xqbus:address-refused": "an outgoing call would go to an address that is not allowed",
  "xqbus:already-closed": "the object was closed before the call",
  "xqbus:authentication-failed":
    "the user name and password, the client certificate, the API key or the token was not accepted",
  "xqbus:callback-failed": "a consumer's callback threw; the event goes back to the broker",
  "xqbus:code-failed": "code of a user, in a worker process, threw an error",
  "xqbus:database-failed": "a statement of a database is wrong, or a rule of the database is broken",
  "xqbus:database-unavailable": "a database cannot be reached, or cannot work now: it is worth trying again",
  "xqbus:doctype-refused": "the document has a DOCTYPE declaration, which events never have",
  "xqbus:expectation-failed": "a test expected something of a bus that did not happen",
  "xqbus:filter-incompatible-types": "a filter compares or casts values that have nothing in common",
  "xqbus:filter-never-matches": "no valid event can fulfil a filter, although each part of it is possible",
  "xqbus:filter-not-in-enumeration": "a filter compares with a value that is none of those the schema lists",
  "xqbus:filter-outside-facet": "a filter compares with a value outside of the bounds, length or pattern of the type",
  "xqbus:filter-unknown-step": "a filter has a step that leads to nothing in any valid event",
  "xqbus:filter-wrong-namespace": "a filter has a step that would lead somewhere in another namespace",
  "xqbus:illegal-argument": "an argument has a value that the function cannot use",
  "xqbus:illegal-character": "a character that XML 1.0 does not allow",
  "xqbus:illegal-content": "a value that cannot be the content of an element or attribute",
  "xqbus:illegal-name": "a name that is not an XML name",
  "xqbus:illegal-result": "code of a user, in a worker process, gave what cannot be sent to another process",
  "xqbus:internal": "a promise of our own code is broken: please report it",
  "xqbus:invalid-annotation": "an annotation in an XSD file is unknown or cannot be used; the file itself works",
  "xqbus:invalid-config":
    "the configuration has an unknown key, or a value that cannot be used; the message names file and line",
  "xqbus:invalid-certificate": "the TLS certificate of the broker was not accepted, or a TLS option is wrong",
  "xqbus:invalid-event": "the event is not valid against the catalog; `problems` lists everything that is wrong",
  "xqbus:invalid-module": "a module with code of a user cannot be loaded, or does not export what is called",
  "xqbus:invalid-query": "the filter does not compile and the engine gave no code of the W3C",
  "xqbus:invalid-schema": "an XSD file cannot be used; the message names file and line",
  "xqbus:invalid-url": "the bus URL is not of the form amqp[s]://user:password@host:port/domain",
  "xqbus:leftover-events":
    "events waited in the database for a route that is gone; nobody gets them, and they are removed",
  "xqbus:limit-exceeded": "a document, message or name is larger than the configured limit",
  "xqbus:missing-package": "an optional package is needed and not installed",
  "xqbus:no-broker": "the daemon works with a broker of somebody else, which it cannot manage",
  "xqbus:not-connected": "there is no connection to the broker, or it was lost before the outcome was known",
  "xqbus:not-permitted": "the user has no right to do it; the message names the right",
  "xqbus:not-well-formed": "the text is not well-formed XML 1.0 with namespaces",
  "xqbus:notify-failed": "a receiver did not take a notification",
  "xqbus:permanent-failure": "a handler said that trying again is of no use",
  "xqbus:port-in-use": "another process listens on the port",
  "xqbus:process-ended": "a worker process ended before the code in it had a result",
  "xqbus:refused": "the broker refused the message or the link and named no condition",
  "xqbus:repeated-delivery":
    "an event was delivered several times and nobody said what became of it; a broker that limits attempts gives it up",
  "xqbus:resource-not-found": "the service that has the resources of this type has none with this id",
  "xqbus:retry-later": "a handler said that it cannot handle the event now, and when to try again",
  "xqbus:route-deleted": "somebody has ended the route of a consumer that is connected; the consumer makes it again",
  "xqbus:service-failed": "a service could not do what it was asked for, or its answer cannot be read",
  "xqbus:shared-domain":
    "daemons with another database serve the same domain: events are divided among them, and consumers of each lose some",
  "xqbus:shared-service":
    "daemons with another database serve the same domain by subscriptions of their own: what consumers ask of daemons reaches either",
  "xqbus:store-damaged": "a storage file is damaged in its structure",
  "xqbus:store-failed": "a storage file cannot be used, or the thread that has it open ended",
  "xqbus:store-full": "the disk or the configured size of a storage file is used up; nothing of the batch was stored",
  "xqbus:store-in-use": "another process has the storage file open",
  "xqbus:store-too-new": "a storage file was written by a later release",
  "xqbus:timeout": "the operation did not end within its time limit",
  "xqbus:too-many-requests": "a caller has asked too often; the answer says when to try again",
  "xqbus:transport-failed":
    "what brings the deliveries of a subscription failed, or did not take an outcome and delivers again",
  "xqbus:unchecked-domain":
    "a daemon cannot ask whether daemons with another database serve the same domain, or gets no answer",
  "xqbus:unhandled-event": "a consumer has no handler for events of this type",
  "xqbus:unknown-name": "a name that the catalog does not declare",
  "xqbus:unknown-method": "a service has no method of this name",
  "xqbus:unreadable": "a file or folder cannot be read",
  "xqbus:unreadable-key": "an XPath that is to give the key within which events keep their order failed on an event",
  "xqbus:unsupported-construct": "an XSD file uses what is not supported: XML Schema 1.1",
  "xqbus:unsupported-query": "the filter uses a part of XQuery that filters do not have; the message names it",
  "xqbus:unsupported-encoding": "the document declares an encoding that is not supported",
  "xqbus:value-refused":
    "a database takes everything but this value: it is too long, has a character that it does not know, or a rule is against it",
} as const;

/** A code of our own; errors may also carry the code of a standard. */
export type XqbusErrorCode = keyof typeof ERROR_CODES;

/**
 * Base class of every error that this package throws on purpose.
 *
 * `message` is one sentence that says what was wrong, where, and what would be right. `code` is stable.
 * `cause` keeps the error of the layer below, where there is one.
 */
export class XqbusError extends Error {
  /** A code of {@link ERROR_CODES} or of a standard (`amqp:…`, `XPST0003`, `cvc-…`). */
  readonly code: string;

  constructor(code: XqbusErrorCode | (string & {}), message: string, options?: { readonly cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
  }
}

/** Any value as text, for messages. Anything can be thrown, also what cannot be text: this never throws. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "something that cannot be read";
  }
}

/** What an error says; of anything else that was thrown, its text. Never throws. */
export function messageOf(error: unknown): string {
  return textOf(error instanceof Error ? error.message : error);
}

/** Fails when our own code broke a promise; never used for mistakes of a caller. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new XqbusError("xqbus:internal", message);
}
