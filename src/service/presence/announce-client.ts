import { hostname } from "node:os";
import { AMQPEventConsumer, defaultCatalog, EventPublisher } from "../../amqp/index.ts";
import type { ConnectOptions } from "../../amqp/index.ts";
import { assertFunction, assertInteger, illegalOption, shown } from "../../assert-option.ts";
import { systemClock } from "../../clock.ts";
import type { Clock } from "../../clock.ts";
import { fromObject } from "../../event/index.ts";
import type { Event } from "../../event/index.ts";
import type { Catalog } from "../../schema/index.ts";
import { ownNetworkDevices } from "./network-devices.ts";
import type { NetworkDevice } from "./network-devices.ts";

/** A method that may be called on a client. */
export interface AnnouncedMethod {
  /** Under which it is called: `notify_all`. */
  readonly name: string;
  /** Where it is in the client: `Notify.notify_all`. Default: the name. */
  readonly path?: string;
  /** Names of its parameters with commas between. Default: none. */
  readonly signature?: string;
  readonly documentation?: string;
}

/** Who a client is, and how it tells; the options of connecting hold for both of its connections. */
export interface AnnounceOptions extends Omit<ConnectOptions, "containerId"> {
  /** The same for the client's whole life, such as the UUID of the machine. Default: the host name. */
  readonly id?: string;
  /** For people. Default: the host name. */
  readonly name?: string;
  /** Default: those of this machine, asked for at each announcement. */
  readonly networkDevices?: readonly NetworkDevice[];
  /** What the client can be asked to do; default: it says nothing of that. */
  readonly methods?: readonly AnnouncedMethod[];
  /** A ClientPoll is answered after a random time up to this, so that not all clients answer at once. Default 5000 ms. */
  readonly maxAnswerDelayMs?: number;
  /** How long sending one announcement may take, in milliseconds. Default 30 000. */
  readonly sendTimeoutMs?: number;
  /** Has the event types ClientAnnounce, ClientPoll and ClientLeave. Default: the catalog of the default directories. */
  readonly catalog?: Catalog;
  /** Hears of an answer that could not be sent, and of what the consumer reports. Default: `process.emitWarning`. */
  readonly onError?: (error: unknown) => void;
  /** Default: the time of this machine; it does not keep the process alive. */
  readonly clock?: Clock;
  /** From 0 to less than 1. Default Math.random. */
  readonly random?: () => number;
}

const DEFAULT_ANSWER_DELAY_MS = 5_000;
const DEFAULT_SEND_TIMEOUT_MS = 30_000;
const MAX_ANSWER_DELAY_MS: number = 60 * 60 * 1000;
const POLL = "/e:Event/e:ClientPoll";

/**
 * Makes this process known as a client of Clacks: a ClientAnnounce now and in answer to each ClientPoll, a ClientLeave at the end. A process
 * that does not call it is known to nobody.
 *
 * @param url as for a publisher
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:invalid-url`; and what opening a publisher, opening a consumer and sending an event
 * throw: then it is announced nowhere
 */
export async function announceClient(
  url: string | readonly string[],
  options: AnnounceOptions = {},
): Promise<ClientPresence> {
  const { id = hostname(), name = hostname(), networkDevices, methods, catalog: given, ...rest } = options;
  const { maxAnswerDelayMs = DEFAULT_ANSWER_DELAY_MS, sendTimeoutMs = DEFAULT_SEND_TIMEOUT_MS, ...more } = rest;
  const { onError = warn, clock = systemClock({ keepsProcessAlive: false }), random = Math.random, ...connect } = more;
  for (const [option, text] of Object.entries({ id, name })) {
    if (typeof text !== "string" || text === "") throw illegalOption(`${option} must be a text, got ${shown(text)}`);
  }
  if (networkDevices?.length === 0) throw illegalOption("networkDevices must have one device at least");
  assertInteger(maxAnswerDelayMs, "maxAnswerDelayMs", 0, MAX_ANSWER_DELAY_MS);
  assertFunction(onError, "onError");
  const catalog = given ?? (await defaultCatalog());
  const announcement = (): Event =>
    fromObject("ClientAnnounce", announced(id, name, networkDevices ?? ownNetworkDevices(), methods), catalog);
  const publisher = await EventPublisher.open(url, { ...connect, catalog, sendTimeoutMs });
  const presence = new Presence({
    publisher,
    announcement,
    leave: () => fromObject("ClientLeave", { Id: id }, catalog),
    answerDelay: () => Math.floor(random() * (maxAnswerDelayMs + 1)),
    clock,
    onError,
  });
  try {
    // Nobody who asks after the first announcement is to ask in vain.
    await presence.listen(() =>
      AMQPEventConsumer.open(url, { ...connect, catalog, xquery: POLL, callback: () => presence.polled(), onError }),
    );
    await publisher.sendEvent(announcement());
  } catch (error) {
    await presence.forget();
    throw error;
  }
  return presence;
}

/** What a presence works with. */
interface PresenceParts {
  readonly publisher: EventPublisher;
  readonly announcement: () => Event;
  readonly leave: () => Event;
  readonly answerDelay: () => number;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** A client that has announced itself. */
export interface ClientPresence extends AsyncDisposable {
  /**
   * Tells that the client leaves, and disconnects. Idempotent.
   *
   * @throws what sending an event throws; it is disconnected then, too
   */
  leave(): Promise<void>;
}

/** The presence of a client, from its connections to its leave. */
class Presence implements ClientPresence {
  readonly #parts: PresenceParts;
  #consumer: AMQPEventConsumer | undefined;
  #cancelAnswer: (() => void) | undefined;
  #answering: Promise<void> = Promise.resolve();
  #leaving: Promise<void> | undefined;

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async listen(open: () => Promise<AMQPEventConsumer>): Promise<void> {
    this.#consumer = await open();
  }

  /** Somebody asks; several who ask before the answer get one. */
  polled(): void {
    const { answerDelay, clock, onError } = this.#parts;
    if (this.#leaving !== undefined || this.#cancelAnswer !== undefined) return;
    this.#cancelAnswer = clock.at(clock.now() + answerDelay(), () => {
      this.#cancelAnswer = undefined;
      this.#answering = this.#answer().catch(onError);
    });
  }

  /** Disconnects without a word. */
  async forget(): Promise<void> {
    this.#cancelAnswer?.();
    await this.#consumer?.close();
    await this.#parts.publisher.close();
  }

  async #answer(): Promise<void> {
    await this.#parts.publisher.sendEvent(this.#parts.announcement());
  }

  async #leave(): Promise<void> {
    this.#cancelAnswer?.();
    try {
      await this.#answering;
      await this.#parts.publisher.sendEvent(this.#parts.leave());
    } finally {
      await this.forget();
    }
  }
}

function announced(
  id: string,
  name: string,
  devices: readonly NetworkDevice[],
  methods: readonly AnnouncedMethod[] | undefined,
): object {
  return {
    Id: id,
    Name: name,
    NetworkInformation: {
      NetworkDevice: devices.map((device) => ({
        Name: device.name,
        IPAddress: device.ipAddress ?? "",
        IPv6Address: device.ipv6Address ?? "",
        MAC: device.mac ?? "",
        Netmask: device.netmask ?? "",
        Broadcast: device.broadcast ?? "",
      })),
    },
    ClientCapabilities:
      methods === undefined
        ? undefined
        : {
            ClientMethod: methods.map((method) => ({
              Name: method.name,
              Path: method.path ?? method.name,
              Signature: method.signature ?? "",
              Documentation: method.documentation ?? "",
            })),
          },
  };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
