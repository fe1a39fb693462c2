/** What lets one process at a time do something. */
export interface Leases {
  /**
   * This process wants to do `name`.
   *
   * @param begin is called when the lease is taken; what it gives ends the work. `lost` is aborted when the lease could not be renewed
   * @returns gives the lease back, after the work has ended
   */
  hold(name: string, begin: (lost: AbortSignal) => Promise<() => Promise<void>>): Promise<() => Promise<void>>;
}

/** For a process that is alone: it does everything. */
export const ALONE: Leases = {
  hold: (_, begin) => begin(new AbortController().signal),
};
