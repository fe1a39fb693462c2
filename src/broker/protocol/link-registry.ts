import type { LinkIdentity } from "./nodes.ts";

/** A link that can lose its place to another one. */
export interface Stealable {
  /** Ends the link with `amqp:link:stolen`. */
  steal(): void;
}

/**
 * The attached links of a broker by user, container, direction and name: one that attaches again, from another session or
 * another connection, takes the place of the old one (AMQP 1.0, part 2.6.1).
 */
export class LinkRegistry {
  readonly #links = new Map<string, Stealable>();

  /** The link that has the place now. */
  holder(identity: LinkIdentity, direction: "in" | "out"): Stealable | undefined {
    return this.#links.get(keyOf(identity, direction));
  }

  /** Enters a link, and ends the one that had its place. */
  enter(identity: LinkIdentity, direction: "in" | "out", link: Stealable): void {
    const key = keyOf(identity, direction);
    const old = this.#links.get(key);
    this.#links.set(key, link);
    old?.steal();
  }

  /** Takes a link out, unless another one has its place already. */
  leave(identity: LinkIdentity, direction: "in" | "out", link: Stealable): void {
    const key = keyOf(identity, direction);
    if (this.#links.get(key) === link) this.#links.delete(key);
  }
}

/** JSON keeps apart what would run together; a user cannot take the links of another one. */
function keyOf({ user, containerId, name }: LinkIdentity, direction: string): string {
  return JSON.stringify([user, containerId, direction, name]);
}
