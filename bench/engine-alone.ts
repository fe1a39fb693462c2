import type { Libxml2 } from "../src/schema/engine/libxml2.ts";
import { ALL_SCHEMAS, SHIPPED_SCHEMAS } from "./shipped-schemas.ts";

const BASE = "mem:/events/";
const COMPILED = new URL("../dist/schema/engine/libxml2.js", import.meta.url).href;

/** The catalog's engine with the shipped event types and nothing around it, compiled like the rest of the package. */
export async function loadEngine(): Promise<Libxml2> {
  const { Libxml2: Engine } = (await import(COMPILED)) as { readonly Libxml2: typeof Libxml2 };
  const engine = await Engine.load({ maxErrors: 100 });
  const documents = new Map([...SHIPPED_SCHEMAS].map(([name, text]) => [BASE + name, text]));
  const entry = `${BASE}all-events.xsd`;
  const [error] = engine.compile(documents.set(entry, ALL_SCHEMAS), entry);
  if (error !== undefined) throw new Error(error.message);
  return engine;
}
