import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ValueFilter } from "./protocol.ts";

/** The values of an event of the common work. */
export interface EventValues {
  readonly type: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const FIELD = /<(\w+)>([^<]*)<\/\1>/g;

/** The events of the common work as values, for who makes them anew. */
export function readEvents(work: string): readonly EventValues[] {
  return readFileSync(join(work, "events.txt"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => ({
      type: /<Event [^>]*><(\w+)>/.exec(line)?.[1] ?? "",
      fields: [...line.matchAll(FIELD)].map(([, name = "", value = ""]) => [name, value] as const),
    }));
}

export function readFilters(work: string, count: number): readonly ValueFilter[] {
  return readFileSync(join(work, `subs-${count}.tsv`), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t") as unknown as ValueFilter);
}

/** The types of the common work as a catalog wants them: one XSD file for each, and the envelope that it brings itself. */
export function writeSchemas(work: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const all = readFileSync(join(work, "events.xsd"), "utf8");
  const head = /<xs:schema [^>]*>/.exec(all)?.[0] ?? "";
  const status = /<xs:simpleType name="StatusType">.*?<\/xs:simpleType>/s.exec(all)?.[0] ?? "";
  for (const [, name = ""] of all.matchAll(/<xs:complexType name="(\w+)">/g)) {
    const type = new RegExp(`<xs:complexType name="${name}">.*?</xs:complexType>`, "s").exec(all)?.[0] ?? "";
    const own = [status, type].join("\n").replaceAll("StatusType", `${name}Status`);
    writeFileSync(
      join(folder, `${name}.xsd`),
      `${head}\n${own}\n<xs:element name="${name}" type="f:${name}"/>\n</xs:schema>\n`,
    );
  }
}
