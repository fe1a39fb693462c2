import type { AmqpError } from "../protocol/protocol-fault.ts";
import type { QueueNode } from "./queue-node.ts";
import type { Topic } from "./topic/topic.ts";

/** What an address names. */
export type Node = Topic | QueueNode;

/** Ends a link that is attached to a node. */
export type CloseLink = (error: AmqpError) => void;

interface Place {
  readonly node: Node;
  /** Whether it stays without links and messages. */
  readonly declared: boolean;
  readonly links: Set<CloseLink>;
}

/**
 * The nodes of a broker by their addresses. A node exists while a link is attached to it, a message is in it or a
 * subscription is kept; one that was declared always.
 */
export class Addresses {
  readonly #places = new Map<string, Place>();
  readonly #counts = { topic: 0, queue: 0 };

  count(kind: Node["kind"]): number {
    return this.#counts[kind];
  }

  find(address: string): Node | undefined {
    return this.#places.get(address)?.node;
  }

  *[Symbol.iterator](): IterableIterator<Node> {
    for (const { node } of this.#places.values()) yield node;
  }

  add(node: Node, declared: boolean): void {
    this.#places.set(node.address, { node, declared, links: new Set() });
    this.#counts[node.kind]++;
  }

  enter(node: Node, link: CloseLink): void {
    this.#places.get(node.address)?.links.add(link);
  }

  leave(node: Node, link: CloseLink): void {
    const place = this.#places.get(node.address);
    if (place?.node !== node || !place.links.delete(link)) return;
    this.removeIdle(node);
  }

  linksOf(node: Node): number {
    return this.#places.get(node.address)?.links.size ?? 0;
  }

  /** Removes a node that nobody would miss. */
  removeIdle(node: Node): void {
    const place = this.#places.get(node.address);
    if (place?.node === node && !place.declared && place.links.size === 0 && node.isIdle) this.#remove(node);
  }

  /** Ends all links to nodes that have to do with something that is broken. */
  closeLinks(isConcerned: (node: Node) => boolean, error: AmqpError): void {
    for (const { node, links } of this.#places.values()) {
      if (isConcerned(node)) for (const close of [...links]) close(error);
    }
  }

  /** Ends a node and the links that are attached to it. */
  delete(node: Node, description: string): void {
    const place = this.#places.get(node.address);
    if (place?.node !== node) return;
    this.#remove(node);
    for (const close of [...place.links]) close({ condition: "amqp:resource-deleted", description });
  }

  #remove(node: Node): void {
    this.#places.delete(node.address);
    this.#counts[node.kind]--;
    if (node.kind === "queue") node.queue.close();
  }
}
