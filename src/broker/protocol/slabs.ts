/** Bytes of one slab. */
export const SLAB_BYTES: number = 64 * 1024;
/** Slabs that wait for their next use; more are left to the garbage collector. */
const MAX_SPARE = 64;

const spare: Buffer[] = [];

/** A piece of memory to put frames together in. Connections borrow one for a moment, so that idle ones need none. */
export function borrowSlab(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
}

/** Gives a slab back once the operating system has taken what is in it. */
export function returnSlab(slab: Buffer): void {
  if (spare.length < MAX_SPARE) spare.push(slab);
}
