import { createHash } from "node:crypto";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import Ajv from "ajv";
import asyncApiSchema from "@asyncapi/specs/schemas/3.0.0.json" with { type: "json" };
import { describe, expect, it } from "vitest";
import { readSchemaCopies, schemaDocs } from "../../src/docs/index.ts";
import { documentedEvent, type EventSample } from "../../src/docs/documented-event.ts";
import { documentIds } from "../../src/docs/document-ids.ts";
import { EventMaker, Event, fromJson, toJson } from "../../src/event/index.ts";
import { compileFilter } from "../../src/filter/index.ts";
import type { Catalog } from "../../src/schema/index.ts";
import { parseXml } from "../../src/xml/index.ts";
import { catalogOf, catalogWith, eventXsd, xsd } from "../schema/harness.ts";

const SHIPPED = join(import.meta.dirname, "../../schemas/events");
const HOSTILE = `&lt;script&gt;alert(1)&lt;/script&gt; "onload='x' &amp;lt;b&gt; [a](javascript:x) &lt;/title&gt;`;

/** A catalog whose types are in several namespaces, share a routing key, have names that differ in case only, and bad words. */
function severalNamespaces(): Promise<Catalog> {
  return catalogWith({
    "Ping.xsd": eventXsd("Ping"),
    "ping.xsd": eventXsd("ping", `<xs:element name="a-b" type="xs:int" maxOccurs="3"/>`),
    "index.xsd": eventXsd("index", ""),
    "Größe.xsd": xsd(`<xs:element name="Größe" type="xs:decimal"/>`),
    "Scan.xsd": xsd(
      `<xs:element name="Scan"><xs:annotation>
        <xs:documentation>${HOSTILE}</xs:documentation>
        <xs:appinfo xmlns:x="urn:xqbus"><x:routingKey>scans</x:routingKey><x:promote>Id</x:promote><x:deprecated>${HOSTILE}</x:deprecated><x:owner>${HOSTILE}</x:owner></xs:appinfo>
      </xs:annotation><xs:complexType><xs:sequence>
        <xs:element name="Id" type="xs:string"><xs:annotation><xs:documentation>${HOSTILE}</xs:documentation></xs:annotation></xs:element>
        <xs:element name="Kind"><xs:simpleType><xs:restriction base="xs:string">
          <xs:enumeration value="&lt;img src=x&gt;"/><xs:enumeration value="b&quot;&amp;"/></xs:restriction></xs:simpleType></xs:element>
        <xs:element name="Secret" type="xs:string" minOccurs="0"><xs:annotation><xs:appinfo xmlns:x="urn:xqbus"><x:sensitive/></xs:appinfo></xs:annotation></xs:element>
      </xs:sequence><xs:attribute name="unit" type="xs:string" use="required"/></xs:complexType></xs:element>`,
      "urn:plug&amp;in",
    ),
    "Scan2.xsd": xsd(
      `<xs:include schemaLocation="parts/part%20one.xsd"/><xs:element name="Scan2" type="e:Part"><xs:annotation><xs:appinfo xmlns:x="urn:xqbus"><x:routingKey>scans</x:routingKey></xs:appinfo></xs:annotation></xs:element>`,
      "urn:plug&amp;in",
    ),
    "parts/part one.xsd": xsd(
      `<xs:complexType name="Part"><xs:sequence><xs:element name="Again" type="e:Part" minOccurs="0"/></xs:sequence></xs:complexType>`,
      "urn:plug&amp;in",
    ),
  });
}

const CATALOGS: readonly (readonly [name: string, open: () => Promise<Catalog>])[] = [
  ["the shipped event types", () => catalogOf(SHIPPED)],
  ["event types of several namespaces", severalNamespaces],
];

async function docsOf(catalog: Catalog): Promise<ReadonlyMap<string, string>> {
  expect(catalog.problems).toEqual([]);
  const files = schemaDocs(catalog, await readSchemaCopies(catalog));
  return new Map([...files].map(([path, content]) => [path, Buffer.from(content as Uint8Array).toString()]));
}

function pagesOf(files: ReadonlyMap<string, string>): readonly (readonly [path: string, text: string])[] {
  return [...files].filter(([path]) => path.endsWith(".html"));
}

function samples(catalog: Catalog): readonly (readonly [name: string, filter: string, sample: EventSample])[] {
  return [...documentIds(catalog.eventNames)].map(([name, id]) => {
    const { filter, sample } = documentedEvent(catalog, name, id);
    if ("reason" in sample) throw new Error(sample.reason);
    return [name, filter, sample];
  });
}

describe.each(CATALOGS)("the documentation of %s", (_name, open) => {
  it("has samples that are valid, and the same event in XML, in JSON and made by the program", async () => {
    const catalog = await open();
    for (const [name, , { xml, json, maker }] of samples(catalog)) {
      expect({ name, problems: catalog.validate(xml) }).toEqual({ name, problems: [] });
      const event = fromJson(json, catalog);
      expect(toJson(event, catalog)).toEqual(JSON.parse(json));
      const e = EventMaker(catalog);
      const program = runInThisContext(`(e) => ${maker}`) as (maker: unknown) => { readonly bytes: Uint8Array };
      const made = program(e);
      expect({ name, problems: catalog.validate(made) }).toEqual({ name, problems: [] });
      expect({ name, json: toJson(Event.parse(made.bytes), catalog) }).toEqual({
        name,
        json: JSON.parse(json) as unknown,
      });
    }
  });

  it("has filters that match the sample of their type and of no other", async () => {
    const catalog = await open();
    const all = samples(catalog);
    for (const [name, text] of all) {
      const filter = compileFilter(text, { catalog });
      const matched = all.filter(([, , { xml }]) => filter.matches(parseXml(xml))).map(([each]) => each);
      expect(matched).toEqual([name]);
    }
  });

  it("has an AsyncAPI document that is valid under the official JSON schema, with references that lead somewhere", async () => {
    const catalog = await open();
    const files = await docsOf(catalog);
    const document = JSON.parse(files.get("asyncapi.json") ?? "") as {
      readonly channels: Readonly<
        Record<string, { readonly messages: Readonly<Record<string, { readonly $ref: string }>> }>
      >;
      readonly components: {
        readonly messages: Readonly<
          Record<string, { readonly payload: { readonly schema: { readonly $ref: string } } }>
        >;
      };
    };
    const { validate, errors } = official();
    expect({ valid: validate(document), errors: errors() }).toEqual({ valid: true, errors: null });
    expect(validate({ ...document, components: { messages: { a: { payload: 1, unknown: 1 } } } })).toBe(false);
    const messages = document.components.messages;
    expect(Object.keys(messages)).toHaveLength(catalog.eventNames.length);
    for (const { payload } of Object.values(messages)) {
      expect(payload.schema.$ref).toMatch(/^\.\/xsd\//);
      expect([...files.keys()]).toContain(decodeURIComponent(payload.schema.$ref.slice(2)));
    }
    const inChannels = Object.values(document.channels).flatMap((channel) => Object.values(channel.messages));
    expect(inChannels.map(({ $ref }) => $ref).sort()).toEqual(
      Object.keys(messages)
        .map((id) => `#/components/messages/${id}`)
        .sort(),
    );
  });

  it("is the same each time and names no place of the machine", async () => {
    const catalog = await open();
    const files = await docsOf(catalog);
    expect([...(await docsOf(catalog))]).toEqual([...files]);
    const folder = catalog.describe(catalog.eventNames[0] ?? "").file.replace(/[\\/][^\\/]*$/, "");
    expect([...files].filter(([, text]) => text.includes(folder)).map(([path]) => path)).toEqual([]);
  });

  it("has pages that load nothing and run nothing, with links that lead to files beside them", async () => {
    const files = await docsOf(await open());
    for (const [path, text] of pagesOf(files)) {
      const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? "";
      const hash = createHash("sha256").update(style).digest("base64");
      expect(text).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;;`);
      expect(text).not.toMatch(/<(?:script|img|link|iframe|object|form|base)\b|\son\w+="|\sstyle="|url\(|@import/i);
      const links = [...text.matchAll(/\shref="([^"]*)"/g)].map(([, link = ""]) => link);
      const lost = links.filter((link) => !link.startsWith("#") && !files.has(decodeURIComponent(link)));
      expect({ path, lost }).toEqual({ path, lost: [] });
    }
  });
});

/** In a bundle, ajv 6 takes the `#` of an embedded schema for the whole: each definition is a document of its own here. */
function official(): { readonly validate: (document: unknown) => boolean; readonly errors: () => unknown } {
  const { definitions, ...root } = asyncApiSchema as { readonly definitions: Readonly<Record<string, object>> };
  const ajv = new Ajv({ meta: false, validateSchema: false, unknownFormats: "ignore", logger: false });
  for (const definition of Object.values(definitions)) ajv.addSchema(definition);
  const check = ajv.compile(root);
  return { validate: (document) => check(document) === true, errors: () => check.errors ?? null };
}

describe("a page", () => {
  it("shows hostile text of a schema as text", async () => {
    const files = await docsOf(await severalNamespaces());
    const text = files.get("Scan.html") ?? "";
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt; &quot;onload=&#39;x&#39; &amp;lt;b&gt;");
    expect(text).toContain("&lt;img src=x&gt;");
    expect(text.match(/<\/title>/g)).toHaveLength(1);
    const index = files.get("index.html") ?? "";
    expect(index).toContain("&lt;script&gt;");
    expect(files.get("asyncapi.json")).toContain(
      "&lt;script>alert(1)&lt;/script> \\\"onload='x' &amp;lt;b> \\\\[a\\\\](javascript:x)",
    );
  });

  it("tells fields, occurrence, allowed values and annotations", async () => {
    const files = await docsOf(await severalNamespaces());
    const text = (files.get("Scan.html") ?? "").replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    expect(text).toContain("@unit 1 xs:string Id 1 xs:string promoted");
    expect(text).toContain("Secret 0..1 xs:string sensitive");
    expect(text).toContain("<domain>.scans".replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
    expect(text).toContain("Deprecated.");
    expect(files.get("Scan.html")).toContain('href="xsd/Scan.xsd"');
  });

  it("has a name of its own on every file system", async () => {
    const files = await docsOf(await severalNamespaces());
    expect(pagesOf(files).map(([path]) => path)).toEqual([
      ...["index.html", "Gr__e.html", "Ping.html", "index-2.html", "ping-2.html", "Scan.html", "Scan2.html"],
    ]);
    expect([...files.keys()].filter((path) => path.startsWith("xsd/parts/"))).toEqual(["xsd/parts/part one.xsd"]);
  });
});
