import type { AmqpMap, AmqpValue } from "./codec/amqp-value.ts";
import { boolean, composite, NULL, string, symbol, symbols, uint } from "./codec/amqp-value.ts";
import { decodeValue } from "./codec/decode-value.ts";
import { FieldReader } from "./codec/field-reader.ts";
import { Scanner } from "./codec/scanner.ts";
import type { DynamicNodeRequest, ExpiryPolicy, Filter, LifetimePolicy, Outcome, Source, Target } from "./nodes.ts";
import { readOutcome } from "./delivery-state.ts";
import { ProtocolFault } from "./protocol-fault.ts";

/** UTF-16 code units of an address. */
const MAX_ADDRESS_LENGTH = 1024;

const SOURCE = 0x28;
const TARGET = 0x29;
const COORDINATOR = 0x30;

/** AMQP 1.0, part 3.5.10 to 3.5.13. */
const LIFETIME_POLICIES: ReadonlyMap<bigint | string, LifetimePolicy> = new Map<bigint | string, LifetimePolicy>([
  [0x2bn, "delete-on-close"],
  [0x2cn, "delete-on-no-links"],
  [0x2dn, "delete-on-no-messages"],
  [0x2en, "delete-on-no-links-or-messages"],
  ["amqp:delete-on-close:list", "delete-on-close"],
  ["amqp:delete-on-no-links:list", "delete-on-no-links"],
  ["amqp:delete-on-no-messages:list", "delete-on-no-messages"],
  ["amqp:delete-on-no-links-or-messages:list", "delete-on-no-links-or-messages"],
]);
const LIFETIME_POLICY = "lifetime-policy";

const EXPIRY_POLICIES: readonly string[] = [
  "link-detach",
  "session-end",
  "connection-close",
  "never",
] satisfies readonly ExpiryPolicy[];

/** The fields that a source and a target have (AMQP 1.0, part 3.5.3 and 3.5.4). */
export interface TerminusFields {
  readonly address: string | undefined;
  readonly durable: 0 | 1 | 2;
  readonly expiryPolicy: ExpiryPolicy;
  readonly timeoutSeconds: number;
  readonly dynamic: DynamicNodeRequest | undefined;
  readonly capabilities: readonly string[];
  /** Of a source only. */
  readonly distributionMode: "move" | "copy" | undefined;
  readonly filters: readonly Filter[];
  readonly defaultOutcome: Outcome | undefined;
}

/** What is asked for by an attach that leaves its terminus out. */
export const NO_TERMINUS: TerminusFields = Object.freeze<TerminusFields>({
  ...{ address: undefined, durable: 0, expiryPolicy: "session-end", timeoutSeconds: 0, dynamic: undefined },
  ...{ capabilities: [], distributionMode: undefined, filters: [], defaultOutcome: undefined },
});

/** Whether a target is a transaction coordinator (AMQP 1.0, part 4.5.1). */
export function isCoordinator(terminus: Buffer | undefined): boolean {
  return terminus !== undefined && new Scanner(terminus).descriptor() === COORDINATOR;
}

/**
 * Reads an encoded source or target.
 *
 * @throws ProtocolFault `amqp:decode-error` for a field of the wrong type, `amqp:invalid-field` for a wrong value
 */
export function readTerminus(encoded: Buffer): TerminusFields {
  const scanner = new Scanner(encoded);
  const isSource = scanner.descriptor() === SOURCE;
  const fields = new FieldReader(scanner);
  fields.enter(isSource ? "source" : "target", isSource ? 11 : 7);
  const address = readAddress(fields);
  const durable = durability(fields.uint("durable") ?? 0);
  const expiryPolicy = expiry(fields.symbol("expiry-policy"));
  const timeoutSeconds = fields.uint("timeout") ?? 0;
  const isDynamic = fields.boolean("dynamic") ?? false;
  const nodeProperties = readMap(fields.encoded("dynamic-node-properties", "map"));
  const distribution = isSource ? fields.symbol("distribution-mode") : undefined;
  const filters = isSource ? readFilters(readMap(fields.encoded("filter", "map"))) : [];
  const defaultOutcome = isSource ? fields.described("default-outcome", [0x24, 0x25, 0x26, 0x27]) : undefined;
  if (isSource) fields.ignore("outcomes", "symbols");
  const capabilities = symbolsOf(fields.encoded("capabilities", "symbols"));
  fields.leave();
  return {
    ...{ address, durable, expiryPolicy, timeoutSeconds, filters, capabilities },
    dynamic: isDynamic ? { lifetime: lifetimeOf(nodeProperties), properties: nodeProperties } : undefined,
    distributionMode: distribution === "move" || distribution === "copy" ? distribution : undefined,
    defaultOutcome: defaultOutcome === undefined ? undefined : readOutcome(defaultOutcome),
  };
}

/** The source of the answer: what was granted, and nothing that was only asked for. */
export function sourceValue({ granted }: Source, asked: TerminusFields): AmqpValue {
  const { distributionMode, filters = [], resumedFilters } = granted;
  const applied = resumedFilters ?? asked.filters.filter(({ name }) => filters.includes(name));
  const filterSet: AmqpMap = {
    type: "map",
    value: applied.map((filter) => [symbol(filter.name), filterValue(filter)]),
  };
  return composite(SOURCE, [
    ...commonFields(granted, asked),
    distributionMode === undefined ? NULL : symbol(distributionMode),
    applied.length === 0 ? NULL : filterSet,
    NULL,
    NULL,
    symbols(granted.capabilities ?? []),
  ]);
}

/** The target of the answer, likewise. */
export function targetValue({ granted }: Target, asked: TerminusFields): AmqpValue {
  return composite(TARGET, [...commonFields(granted, asked), symbols(granted.capabilities ?? [])]);
}

function commonFields(granted: Source["granted"] | Target["granted"], asked: TerminusFields): readonly AmqpValue[] {
  const { address, durable, expiryPolicy, timeoutSeconds } = granted;
  const isDynamic = asked.dynamic !== undefined;
  return [
    address === undefined ? NULL : string(address),
    durable === undefined ? NULL : uint(durable),
    expiryPolicy === undefined ? NULL : symbol(expiryPolicy),
    timeoutSeconds === undefined ? NULL : uint(timeoutSeconds),
    isDynamic ? boolean(true) : NULL,
    asked.dynamic?.properties ?? NULL,
  ];
}

function filterValue({ descriptor, value }: Filter): AmqpValue {
  if (descriptor === undefined) return value;
  const name: AmqpValue = typeof descriptor === "bigint" ? { type: "ulong", value: descriptor } : symbol(descriptor);
  return { type: "described", descriptor: name, value };
}

function readAddress(fields: FieldReader): string | undefined {
  const address = fields.string("address");
  if (address !== undefined && address.length > MAX_ADDRESS_LENGTH) {
    throw invalid(`the address must be a string of at most ${MAX_ADDRESS_LENGTH} characters`);
  }
  return address;
}

function readFilters(map: AmqpMap | undefined): readonly Filter[] {
  return (map?.value ?? []).map(([key, value]) => {
    if (key.type !== "symbol" && key.type !== "string") throw invalid("a filter's name must be a symbol");
    if (value.type !== "described") return { name: key.value, descriptor: undefined, value };
    return { name: key.value, descriptor: descriptorOf(value.descriptor), value: value.value };
  });
}

function descriptorOf(value: AmqpValue): bigint | string | undefined {
  return value.type === "ulong" || value.type === "symbol" ? value.value : undefined;
}

function lifetimeOf(properties: AmqpMap | undefined): LifetimePolicy {
  const entry = properties?.value.find(([key]) => key.value === LIFETIME_POLICY);
  if (entry === undefined) return "delete-on-close";
  const [, value] = entry;
  const descriptor = value.type === "described" ? descriptorOf(value.descriptor) : undefined;
  const policy = descriptor === undefined ? undefined : LIFETIME_POLICIES.get(descriptor);
  if (policy === undefined) throw invalid("the lifetime-policy is none of those of AMQP 1.0, part 3.5.10 to 3.5.13");
  return policy;
}

/** A field with several symbols may have one that is not in an array (AMQP 1.0, part 1.4). */
export function symbolsOf(encoded: Buffer | undefined): readonly string[] {
  if (encoded === undefined) return [];
  const value = decodeValue(Buffer.from(encoded));
  if (value.type === "symbol") return [value.value];
  if (value.type !== "array" || value.of !== "symbol") throw invalid("the capabilities must be symbols");
  return value.value.map((element) => element.value as string);
}

/** Decoded from a copy: views would keep the whole frame in memory. */
export function readMap(encoded: Buffer | undefined): AmqpMap | undefined {
  if (encoded === undefined) return undefined;
  const value = decodeValue(Buffer.from(encoded));
  return value.type === "map" ? value : undefined;
}

function durability(value: number): 0 | 1 | 2 {
  if (value === 0 || value === 1 || value === 2) return value;
  throw invalid(`durable is ${value}; expected 0, 1 or 2`);
}

function expiry(value: string | undefined): ExpiryPolicy {
  if (value === undefined) return "session-end";
  if (EXPIRY_POLICIES.includes(value)) return value as ExpiryPolicy;
  throw invalid(`expiry-policy is ${JSON.stringify(value)}; expected one of ${EXPIRY_POLICIES.join(", ")}`);
}

function invalid(description: string): ProtocolFault {
  return new ProtocolFault("amqp:invalid-field", description);
}
