import { crc32 } from "node:zlib";
import type { Place, QueueDefinition } from "./message-store.ts";

/** Of a body; the number belongs to it, so that a body in another's place is found out. */
export function messageChecksum(id: number, bytes: Uint8Array): number {
  return crc32(bytes, id >>> 0);
}

const fields = new Float64Array(10);
const fieldBytes = new Uint8Array(fields.buffer);

/** Of a message's place in a queue. */
export function placeChecksum(place: Place): number {
  fields[0] = place.queue.id;
  fields[1] = place.priority;
  fields[2] = place.sequence;
  fields[3] = place.message;
  fields[4] = place.shared ? 1 : 0;
  fields[5] = place.arrivedAt;
  fields[6] = place.expiresAt ?? -1;
  fields[7] = place.deliverAt ?? -1;
  fields[8] = place.size;
  fields[9] = place.failures;
  return crc32(fieldBytes);
}

/** Of a queue's definition. */
export function definitionChecksum(id: number, { kind, name, settings }: QueueDefinition): number {
  return crc32(JSON.stringify([id, kind, name, settings]));
}
