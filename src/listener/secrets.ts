import { MASK } from "../event/index.ts";
import type { NotifierType } from "./notifier.ts";

/** Configurations come as JSON, and go to the store as such. */
type Config = Readonly<Record<string, unknown>>;

/** A configuration without its secrets; what a field is that nobody knows cannot be told, and so it is one. */
export function withoutSecrets({ fields }: NotifierType, config: Config): Config {
  const open = new Set(fields.filter(({ isSecret }) => isSecret !== true).map(({ name }) => name));
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, open.has(name) ? value : MASK]));
}

/** A change of a configuration, field by field: `***` leaves a secret as it is, `null` takes a field away. */
export function mergedConfig({ fields }: NotifierType, before: Config, change: Config): Config {
  const merged: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const isSecret = fields.some((field) => field.name === name && field.isSecret === true);
    if (isSecret && value === MASK && before[name] !== undefined) continue;
    if (value === null || value === undefined) delete merged[name];
    else merged[name] = value;
  }
  return merged;
}
