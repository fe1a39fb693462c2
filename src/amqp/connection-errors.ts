import { messageOf } from "../errors.ts";
import type { XqbusError } from "../errors.ts";
import { AuthenticationError, CertificateError, NotConnectedError, RefusedError } from "./errors.ts";
import { connectError, otherScheme } from "./socket.ts";
import { hostAndPort, type BusUrl } from "./url.ts";

/** An error of the peer (AMQP 1.0, part 2.8.14). */
export interface PeerError {
  readonly condition?: string | undefined;
  readonly description?: string | undefined;
}

/** How far the connection had come when it ended. */
export type Stage = "silent" | "login" | "open";

/** A broker is about to stop or to restart; not a word about us (AMQP 1.0, part 2.8.16). */
const FORCED = "amqp:connection:forced";
/** What rhea says for a SASL outcome other than ok, and brokers for a user without rights. */
const UNAUTHORIZED = "amqp:unauthorized-access";

/** Outcomes of SASL that are not about the credentials (AMQP 1.0, part 5.3.3.6). */
const SASL_OUTCOMES: Readonly<Record<string, string>> = {
  2: "its login failed with a system error",
  3: "its login failed with a system error that will last",
  4: "its login failed with a system error that may pass; try again",
};

/** Reads what rhea has as error of a peer: its typings say `AmqpError | Error | undefined`. */
export function peerError(error: unknown): PeerError | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { condition, description } = error as Record<string, unknown>;
  return {
    condition: typeof condition === "string" ? condition : undefined,
    description: typeof description === "string" && description !== "" ? description : undefined,
  };
}

/** The peer's words for a message: `description (condition)`. */
export function inWords(error: PeerError | undefined): string {
  const parts = [error?.description, error?.condition === undefined ? undefined : `(${error.condition})`];
  return parts.filter((part) => part !== undefined).join(" ") || "it gave no reason";
}

/** The broker closed the connection, or refused the login. */
export function closedByBroker(
  url: BusUrl,
  stage: Stage,
  error: PeerError | undefined,
  hasCertificate: boolean,
): XqbusError {
  const place = hostAndPort(url);
  if (error?.condition === UNAUTHORIZED) return authenticationError(url, error, hasCertificate);
  if (stage === "open" || error?.condition === undefined || error.condition === FORCED) {
    return new NotConnectedError(`the broker at ${place} closed the connection: ${inWords(error)}`, { cause: error });
  }
  return new RefusedError(`the broker at ${place} refused the connection: ${inWords(error)}`, error);
}

function authenticationError(url: BusUrl, error: PeerError, hasCertificate: boolean): AuthenticationError {
  const place = hostAndPort(url);
  const login =
    url.user !== undefined
      ? `user "${url.user}" with this password`
      : hasCertificate
        ? "the client certificate (SASL EXTERNAL)"
        : "connections without a user; the bus URL must carry user:password@";
  return new AuthenticationError(`the broker at ${place} does not accept ${login}${answerOf(error)}`, { cause: error });
}

/** The broker's own words. A SASL outcome has none, only a code, which rhea writes as `Failed to authenticate: 1`. */
function answerOf({ description }: PeerError): string {
  const code = /^Failed to authenticate: (\d+)$/.exec(description ?? "")?.[1];
  if (description === undefined || code === "1") return "";
  if (code !== undefined) return ` (${SASL_OUTCOMES[code] ?? `SASL outcome ${code}`})`;
  const mechanisms = /^No suitable mechanism; server supports (.*)$/.exec(description)?.[1];
  return mechanisms === undefined ? ` (${description})` : `; it offers the SASL mechanisms ${mechanisms}`;
}

/** The socket ended, with or without an error of its own. */
export function socketLost(url: BusUrl, stage: Stage, error: unknown): XqbusError {
  const place = hostAndPort(url);
  if (stage === "open") {
    const reason =
      error instanceof Error ? error.message : "it ended without a word, or the broker was silent for too long";
    return new NotConnectedError(`the connection to ${place} was lost: ${reason}`, { cause: error });
  }
  if (error instanceof Error && "code" in error) return connectError(error as NodeJS.ErrnoException, url);
  const hint = stage === "silent" ? `; ${otherScheme(url)}` : "";
  return new NotConnectedError(`${place} closed the connection before it was open${hint}`, { cause: error });
}

/** The peer sent what AMQP 1.0 does not allow, or rhea does not understand. */
export function protocolViolation(url: BusUrl, error: unknown): NotConnectedError {
  const reason = messageOf(error);
  return new NotConnectedError(`the broker at ${hostAndPort(url)} broke the AMQP protocol: ${reason}`, {
    cause: error,
  });
}

/** Refusals that pass by themselves (AMQP 1.0, part 2.8.15 to 2.8.18). */
const PASSING: ReadonlySet<string> = new Set([
  FORCED,
  "amqp:internal-error",
  "amqp:link:detach-forced",
  "amqp:resource-limit-exceeded",
  "amqp:resource-locked",
]);

/** Somebody else has attached a link of the same name: attaching again would take it away from him, and so on without end. */
const STOLEN = "amqp:link:stolen";

/** Whether the same attempt will probably fail again: a matter of names, rights and certificates, not of the moment. */
export function isPermanentFault(error: XqbusError): boolean {
  if (error instanceof AuthenticationError || error instanceof CertificateError) return true;
  return error instanceof RefusedError && !PASSING.has(error.code);
}

/** Whether a client must not try again. */
export function isFinal(error: XqbusError): boolean {
  return error.code === STOLEN;
}
