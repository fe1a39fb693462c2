/** Something with a time, ms since 1970. */
interface Deadline<T> {
  readonly time: number;
  readonly subject: T;
}

/** Dead ones are swept when there are more of them than that and than live ones. */
const MIN_SWEPT = 64;

/** What is due at what time: a heap. What has lost its deadline stays until it is due or the heap is swept. */
export class Deadlines<T> {
  readonly #isLive: (subject: T) => boolean;
  #heap: Deadline<T>[] = [];
  #dead = 0;

  /** @param isLive whether the subject still has a deadline */
  constructor(isLive: (subject: T) => boolean) {
    this.#isLive = isLive;
  }

  /** The earliest time. */
  get first(): number | undefined {
    return this.#heap[0]?.time;
  }

  add(time: number, subject: T): void {
    this.#heap.push({ time, subject });
    this.#up(this.#heap.length - 1);
  }

  /** One of those that were added has lost its deadline. */
  drop(): void {
    this.#dead++;
    if (this.#dead < MIN_SWEPT || this.#dead * 2 < this.#heap.length) return;
    this.#dead = 0;
    const live = this.#heap.filter(({ subject }) => this.#isLive(subject));
    this.#heap = live.sort((a, b) => a.time - b.time);
  }

  /** Takes what is due, earliest first. */
  *due(now: number): IterableIterator<T> {
    for (let first = this.#heap[0]; first !== undefined && first.time <= now; first = this.#heap[0]) {
      this.#takeFirst();
      if (this.#isLive(first.subject)) yield first.subject;
      else this.#dead = Math.max(0, this.#dead - 1);
    }
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#timeAt(parent) <= this.#timeAt(at)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(start: number): void {
    let at = start;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#timeAt(left + 1) < this.#timeAt(left) ? left + 1 : left;
      if (this.#timeAt(child) >= this.#timeAt(at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #timeAt(at: number): number {
    return this.#heap[at]?.time ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (x === undefined || y === undefined) return;
    this.#heap[a] = y;
    this.#heap[b] = x;
  }
}
