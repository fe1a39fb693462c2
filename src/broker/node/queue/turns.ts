/** A consumer that waits for its turn. */
export interface Waiter {
  /** Asks it to look for a message. */
  readonly wake: () => void;
  /** Number of the last message that it got. */
  servedAt: number;
  /** The round in which it was last asked to look. */
  wokenIn: number;
  /** The round in which it last let others go first. */
  yieldedIn: number;
}

/**
 * Consumers of one queue take turns: whoever got a message lets those go first that were woken and got none since. One that
 * does not look when it is woken (its session is full, say) is waited for once, and holds nobody up.
 */
export class Turns {
  /** Have credit and found nothing. */
  readonly #idle = new Set<Waiter>();
  /** Were woken and have not looked yet. */
  readonly #woken = new Set<Waiter>();
  #served = 0;
  #round = 0;

  /** There is a message. Those wake first that have waited longest. */
  wake(): void {
    if (this.#idle.size === 0) return;
    const woken = [...this.#idle];
    if (woken.length > 1) woken.sort((a, b) => a.servedAt - b.servedAt);
    this.#idle.clear();
    this.#round++;
    for (const waiter of woken) this.#add(waiter);
    for (const waiter of woken) waiter.wake();
  }

  /** Whether a consumer may take a message now; else it is woken again. */
  mayTake(waiter: Waiter): boolean {
    this.#woken.delete(waiter);
    if (!this.#othersFirst(waiter)) return true;
    waiter.yieldedIn = this.#round++;
    this.#add(waiter);
    // Its session would ask again at once, before those of other connections had their turn.
    setImmediate(waiter.wake);
    return false;
  }

  /** A consumer got a message. */
  served(waiter: Waiter): void {
    waiter.servedAt = ++this.#served;
  }

  /** A consumer found nothing. */
  wait(waiter: Waiter): void {
    this.#idle.add(waiter);
  }

  leave(waiter: Waiter): void {
    this.#idle.delete(waiter);
    this.#woken.delete(waiter);
  }

  end(): void {
    this.#idle.clear();
    this.#woken.clear();
  }

  #add(waiter: Waiter): void {
    waiter.wokenIn = this.#round;
    this.#woken.add(waiter);
  }

  #othersFirst({ servedAt, yieldedIn }: Waiter): boolean {
    for (const other of this.#woken) if (other.servedAt < servedAt && other.wokenIn > yieldedIn) return true;
    return false;
  }
}
