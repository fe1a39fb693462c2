import type { BusConnection } from "./connection.ts";
import { Deadline, type WaitLimits } from "./deadline.ts";
import type { Terminus } from "./dialects/index.ts";
import { NotConnectedError } from "./errors.ts";
import { SideLink } from "./side-link.ts";

/** Bounds of links to several addresses. */
export interface SideLinksOptions {
  /** At the same time. Default 100. */
  readonly maxLinks?: number | undefined;
  /** Messages that wait for the credit of an address that takes and answers nothing for so long fail, in ms. Default: only with the time of their sending. */
  readonly creditTimeoutMs?: number | undefined;
}

/** A link, and how many messages are under way on it or wait for it. */
interface OpenLink {
  readonly link: Promise<SideLink>;
  users: number;
}

/**
 * Links to any number of addresses: one for each, made when it is needed, on the connection of the moment. Beyond `maxLinks` the one that was
 * not used for longest is given back first; when all are in use, a message waits for one.
 */
export class SideLinks {
  readonly #timeoutMs: number;
  readonly #maxLinks: number;
  readonly #creditTimeoutMs: number;
  #connection: BusConnection | undefined;
  /** By address, the one that was used last at the end. */
  #links: Map<string, OpenLink> = new Map();
  /** Those who wait for a link that nobody uses. */
  #waiting: (() => void)[] = [];

  /**
   * @param timeoutMs bounds each sending
   */
  constructor(timeoutMs: number, { maxLinks = DEFAULT_MAX_LINKS, creditTimeoutMs = Infinity }: SideLinksOptions = {}) {
    this.#timeoutMs = timeoutMs;
    this.#maxLinks = maxLinks;
    this.#creditTimeoutMs = creditTimeoutMs;
  }

  /** How many links there are now. */
  get size(): number {
    return this.#links.size;
  }

  /** Links are made on this connection from now on; undefined: there is none. What was under way on the one before fails. */
  use(connection: BusConnection | undefined): void {
    this.#connection = connection;
    const before = this.#links;
    this.#links = new Map();
    for (const [address, { link }] of before) {
      link.then(
        (unused) =>
          unused.abandon(new NotConnectedError(`nothing is sent to "${address}": the connection was given up`)),
        () => undefined,
      );
    }
    this.#wake();
  }

  /**
   * Sends an encoded message; resolves when the broker has accepted it.
   *
   * @param limits `timeoutMs` default: that of all sendings
   * @throws NotConnectedError, RefusedError, TimeoutError, AbortedError
   */
  async send(target: Terminus, message: Buffer, limits: WaitLimits = {}): Promise<void> {
    const { timeoutMs = this.#timeoutMs, signal } = limits;
    const deadline = new Deadline(`sending to "${target.address}"`, { timeoutMs, signal, option: "timeoutMs" });
    try {
      await this.#with(target, deadline, (link) => link.send(message, deadline));
    } finally {
      deadline.stop();
    }
  }

  /** Attaches to the address, if no link is. @throws NotConnectedError, RefusedError; the deadline's error */
  reach(target: Terminus, deadline: Deadline): Promise<void> {
    return this.#with(target, deadline, async () => undefined);
  }

  async #with(target: Terminus, deadline: Deadline, use: (link: SideLink) => Promise<void>): Promise<void> {
    const open = this.#known(target) ?? (await this.#opened(target, deadline));
    try {
      await use(await deadline.race(open.link));
    } finally {
      if (--open.users === 0) this.#wake();
    }
  }

  #known({ address }: Terminus): OpenLink | undefined {
    const known = this.#links.get(address);
    if (known === undefined) return undefined;
    this.#links.delete(address);
    this.#links.set(address, known);
    known.users++;
    return known;
  }

  async #opened(target: Terminus, deadline: Deadline): Promise<OpenLink> {
    const { address } = target;
    while (this.#links.size >= this.#maxLinks && !this.#giveBack()) {
      await deadline.race(new Promise<void>((resolve) => this.#waiting.push(resolve)));
      const known = this.#known(target);
      if (known !== undefined) return known;
    }
    const connection = this.#connection;
    if (connection === undefined) {
      throw new NotConnectedError(`nothing can be sent to "${address}": there is no connection now`);
    }
    const links = this.#links;
    const onClosed = (): void => {
      if (links.get(address) === open) links.delete(address);
    };
    // The next message tries it anew.
    const open: OpenLink = {
      link: SideLink.attach(connection, target, { onClosed, creditTimeoutMs: this.#creditTimeoutMs }),
      users: 1,
    };
    links.set(address, open);
    return open;
  }

  /** @returns whether there was a link that nobody uses */
  #giveBack(): boolean {
    for (const [address, { link, users }] of this.#links) {
      if (users > 0) continue;
      this.#links.delete(address);
      link.then(
        (unused) => unused.close(),
        () => undefined,
      );
      return true;
    }
    return false;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}

const DEFAULT_MAX_LINKS = 100;
