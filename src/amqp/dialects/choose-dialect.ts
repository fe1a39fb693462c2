import { XqbusError } from "../../errors.ts";
import { activemqClassic } from "./activemq-classic.ts";
import { artemis } from "./artemis.ts";
import type { BrokerProperties, Dialect } from "./dialect.ts";
import { embedded } from "./embedded.ts";
import { generic } from "./generic.ts";
import { qpidBrokerJ } from "./qpid-broker-j.ts";
import { qpidd, qpiddXml } from "./qpidd.ts";
import { rabbitmq4 } from "./rabbitmq-4.ts";
import { rabbitmq } from "./rabbitmq.ts";

/** All dialects, in the order in which they are asked whether they match; the last one always does. */
export const DIALECTS: readonly Dialect[] = [
  embedded,
  qpidBrokerJ,
  qpidd,
  qpiddXml,
  activemqClassic,
  artemis,
  rabbitmq4,
  rabbitmq,
  generic,
];

/** @throws XqbusError `xqbus:illegal-argument` when there is no dialect of that name */
export function dialectNamed(name: string): Dialect {
  const dialect = DIALECTS.find((candidate) => candidate.name === name);
  if (dialect !== undefined) return dialect;
  const names = DIALECTS.map((candidate) => candidate.name).join(", ");
  throw new XqbusError("xqbus:illegal-argument", `option dialect must be one of ${names}, got "${name}"`);
}

/** The dialect for a broker that announces these properties. */
export function chooseDialect(properties: BrokerProperties): Dialect {
  return DIALECTS.find((dialect) => dialect.matches(properties)) ?? generic;
}
