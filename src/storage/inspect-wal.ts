import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { endianness } from "node:os";
import { XqbusError } from "../errors.ts";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

/**
 * Looks for damage in a write-ahead log that SQLite would drop without a word.
 *
 * SQLite ends recovery at the first frame whose checksum is wrong, as a write that the machine's end cut must be forgotten. A
 * batch begins only when the one before it is flushed, so that a wrong frame with a *later* transaction of the same log behind
 * it was flushed once: that is damage, not an unfinished write. The log is read frame by frame.
 * Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 *
 * @throws XqbusError `xqbus:store-damaged`
 */
export function inspectWal(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return;
    const magic = header.readUInt32BE(0);
    const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8);
    const frames = Math.floor((fstatSync(file).size - HEADER_BYTES) / frameBytes);
    const swap = (magic === MAGIC) !== (endianness() === "LE");
    const start: Sum = [0, 0];
    addChecksum(start, header.subarray(0, 24), swap);
    const isHeaderWhole =
      (magic & ~1) === MAGIC && start[0] === header.readUInt32BE(24) && start[1] === header.readUInt32BE(28);
    if (!isHeaderWhole) {
      if (frames > 0 && header.some((byte) => byte !== 0)) throw damage(path, "its header is wrong");
      return;
    }
    inspectFrames(path, file, { frames, frameBytes, swap, salt: header.subarray(16, 24), sum: start });
  } finally {
    closeSync(file);
  }
}

interface Log {
  readonly frames: number;
  readonly frameBytes: number;
  readonly swap: boolean;
  readonly salt: Buffer;
  readonly sum: Sum;
}

function inspectFrames(path: string, file: number, { frames, frameBytes, swap, salt, sum }: Log): void {
  const frame = Buffer.alloc(frameBytes);
  let brokenAt: number | undefined;
  let brokenEnded = false;
  for (let index = 0; index < frames; index++) {
    readSync(file, frame, 0, frameBytes, HEADER_BYTES + index * frameBytes);
    const isOfThisLog = frame.subarray(8, 16).equals(salt);
    if (brokenAt === undefined) {
      addChecksum(sum, frame.subarray(0, 8), swap);
      addChecksum(sum, frame.subarray(FRAME_HEADER_BYTES), swap);
      const isWhole = isOfThisLog && sum[0] === frame.readUInt32BE(16) && sum[1] === frame.readUInt32BE(20);
      if (!isWhole) brokenAt = index;
    }
    if (brokenAt === undefined || !isOfThisLog) continue;
    if (brokenEnded) throw damage(path, `frame ${brokenAt + 1} of ${frames} is wrong and transactions follow it`);
    brokenEnded = frame.readUInt32BE(4) !== 0;
  }
}

function damage(path: string, what: string): XqbusError {
  return new XqbusError(
    "xqbus:store-damaged",
    `${path} is damaged: ${what}; keep a copy of its folder and go on with a backup or an empty folder`,
  );
}

type Sum = [first: number, second: number];

/** Two running sums over pairs of 32-bit words. */
function addChecksum(sum: Sum, bytes: Buffer, swap: boolean): void {
  const isLittle = (endianness() === "LE") !== swap;
  for (let at = 0; at < bytes.length; at += 8) {
    const first = isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    const second = isLittle ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4);
    sum[0] = (sum[0] + first + sum[1]) >>> 0;
    sum[1] = (sum[1] + second + sum[0]) >>> 0;
  }
}
