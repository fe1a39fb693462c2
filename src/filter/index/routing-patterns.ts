/** A pattern of routing keys that subscriptions have. */
export interface RoutingPattern {
  readonly text: string;
  users: number;
  /** The number of the last match whose routing key it matched. */
  matchedAt: number;
  /** Entries of subscriptions that have nothing to be found by but this pattern. */
  readonly scanned: number[];
}

/** Routing keys whose patterns are remembered, and their length; they come from senders. */
const MAX_REMEMBERED = 4096;
const MAX_REMEMBERED_LENGTH = 256;

/**
 * Patterns of routing keys: words with dots between them, `*` for exactly one word and `#` for zero or more (AMQP 0-9-1, section 3.1.3.3).
 * Patterns that begin alike share a path of nodes; a key is read word by word with the set of all nodes that it can be at, so that the
 * time is at most words by nodes, whatever the patterns are.
 */
export class RoutingPatterns {
  readonly #root = new WordNode();
  readonly #patterns = new Map<string, RoutingPattern>();
  readonly #remembered = new Map<string, readonly RoutingPattern[]>();

  get size(): number {
    return this.#patterns.size;
  }

  /** The patterns, as they were given. */
  get texts(): readonly string[] {
    return [...this.#patterns.keys()];
  }

  /** Counts one more user of the pattern. */
  take(text: string): RoutingPattern {
    let pattern = this.#patterns.get(text);
    if (pattern === undefined) {
      pattern = { text, users: 0, matchedAt: 0, scanned: [] };
      this.#patterns.set(text, pattern);
      let node = this.#root;
      for (const word of wordsOf(text)) node = node.child(word);
      node.pattern = pattern;
      this.#remembered.clear();
    }
    pattern.users++;
    return pattern;
  }

  release(pattern: RoutingPattern): void {
    if (--pattern.users > 0) return;
    this.#patterns.delete(pattern.text);
    this.#root.remove(wordsOf(pattern.text), 0);
    this.#remembered.clear();
  }

  /** The patterns that a key matches; the empty key has no words. */
  matching(key: string): readonly RoutingPattern[] {
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const found = this.#search(key);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    if (key.length <= MAX_REMEMBERED_LENGTH) this.#remembered.set(key, found);
    return found;
  }

  #search(key: string): readonly RoutingPattern[] {
    let nodes = new Set<WordNode>();
    this.#root.enter(nodes);
    for (const word of wordsOf(key)) {
      const next = new Set<WordNode>();
      for (const node of nodes) node.advance(word, next);
      nodes = next;
    }
    return [...nodes].flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));
  }
}

function wordsOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(".");
}

class WordNode {
  readonly #children = new Map<string, WordNode>();
  readonly #isHash: boolean;
  pattern: RoutingPattern | undefined;

  constructor(isHash: boolean = false) {
    this.#isHash = isHash;
  }

  child(word: string): WordNode {
    let child = this.#children.get(word);
    if (child === undefined) this.#children.set(word, (child = new WordNode(word === "#")));
    return child;
  }

  /** True when nothing is left below. */
  remove(words: readonly string[], index: number): boolean {
    const word = words[index];
    if (word === undefined) this.pattern = undefined;
    else if (this.#children.get(word)?.remove(words, index + 1) === true) this.#children.delete(word);
    return this.pattern === undefined && this.#children.size === 0;
  }

  /** This node, and those that are reached without a word. */
  enter(found: Set<WordNode>): void {
    if (found.has(this)) return;
    found.add(this);
    this.#children.get("#")?.enter(found);
  }

  advance(word: string, found: Set<WordNode>): void {
    if (this.#isHash) this.enter(found);
    this.#children.get("*")?.enter(found);
    // A key's own "*" or "#" is a word like others, and no pattern has it as such.
    if (word !== "*" && word !== "#") this.#children.get(word)?.enter(found);
  }
}
