import { composite, string, symbol } from "./lean-frames.ts";

/** Where a link begins or ends. */
export interface LeanTerminus {
  readonly address: string;
  /** Whether the queue outlasts its link and the broker (AMQP 1.0, part 3.5.5 and 3.5.6). */
  readonly durable?: boolean;
  /** What the broker filters by. */
  readonly xquery?: string;
}

/** Nothing. */
export const NULL: Buffer = Buffer.of(0x40);
const UNSETTLED_STATE: Buffer = Buffer.of(0x52, 2);
const NEVER: Buffer = symbol("never");
const XQUERY_FILTER = "apache.org:xquery-filter:string";

/** source (part 3.5.3): address, durable, expiry-policy, timeout, dynamic, two properties, filter. */
export function sourceOf({ address, durable = false, xquery }: LeanTerminus): Buffer {
  const filter = xquery === undefined ? NULL : filterSet(xquery);
  const kept = durable ? [UNSETTLED_STATE, NEVER] : [NULL, NULL];
  return composite(0x28, [string(address), ...kept, NULL, NULL, NULL, NULL, filter]);
}

/** target (part 3.5.4). */
export function targetOf({ address, durable = false }: LeanTerminus): Buffer {
  return composite(0x29, [string(address), ...(durable ? [UNSETTLED_STATE, NEVER] : [])]);
}

/** A map with one described value. */
function filterSet(xquery: string): Buffer {
  const described = Buffer.concat([Buffer.of(0), symbol(XQUERY_FILTER), string(xquery)]);
  const content = Buffer.concat([symbol("xquery"), described]);
  const header = Buffer.from([0xd1, 0, 0, 0, 0, 0, 0, 0, 2]);
  header.writeUInt32BE(4 + content.length, 1);
  return Buffer.concat([header, content]);
}
