import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { SCOPES } from "../../../src/server/access/index.ts";
import { apis, LETTER, type RunningApi } from "./harness.ts";

const { start } = apis();

interface Operation {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: object }>> }
    >
  >;
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

async function documentOf(api: RunningApi): Promise<OpenApi> {
  return (await (await api.call("/openapi.json", { headers: { authorization: "" } })).json()) as OpenApi;
}

function operationsOf({ paths }: OpenApi): readonly (readonly [what: string, Operation])[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );
}

/** Paths and scopes of the table of ADR 9. */
function decided(): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(import.meta.dirname, "../../../docs/adr/0009-daemon-and-listeners.md"), "utf8");
  const rows = [...text.matchAll(/^\| (`(?:GET|POST|PUT|PATCH|DELETE) .*?) *\| (.*?) *\|$/gm)];
  const found = new Map<string, readonly string[]>();
  for (const [, cells = "", scopes = ""] of rows) {
    let method = "";
    let last = "";
    const others: string[] = [];
    for (const [, word = ""] of cells.matchAll(/`([^`]+)`/g)) {
      const [, verb, path] = /^([A-Z]+)? ?(\/\S*)?$/.exec(word) ?? [];
      // `PATCH` alone has the path of what comes behind it.
      if (path === undefined && verb !== undefined) others.push(verb);
      method = verb ?? method;
      if (path === undefined) continue;
      // `/resume` behind `/listeners/{id}/pause` is beside it.
      const isWhole = verb !== undefined || path.split("/").length > 2 || TOP.test(path);
      last = (isWhole ? path : last.replace(/\/[^/]*$/, path)).replace(/\?.*/, "");
      const needed = [...scopes.matchAll(/`([^`]+)`/g)].map(([, scope = ""]) => scope);
      for (const each of [...others.splice(0), method]) found.set(`${each} ${last}`, needed);
    }
  }
  return found;
}

const TOP = /^\/(?:livez|readyz|event-types|dead-letters|deliveries|api-keys|audit|token|metrics|openapi\.json)$/;

describe("the OpenAPI document", () => {
  it("has every path that was decided, with its scope, and no other", async () => {
    const document = await documentOf(await start());
    expect(document.openapi).toBe("3.1.0");
    const written = new Map(
      operationsOf(document).map(([what, { security }]) => [what, security.flatMap((each) => each["apiKey"] ?? [])]),
    );
    const expected = new Map(
      [...decided()].map(([what, scopes]) => [what, scopes.filter((scope) => !scope.includes("<"))]),
    );
    expect(Object.fromEntries([...written].sort())).toEqual(Object.fromEntries([...expected].sort()));
    expect([...written.values()].flat().filter((scope) => !(scope in SCOPES))).toEqual([]);
  });

  it("is whole: each reference leads somewhere, each operation says what it is and what it answers", async () => {
    const document = await documentOf(await start());
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = ""]) => target);
    const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(references.filter((target) => !names.includes(target))).toEqual([]);
    expect(names.filter((name) => !references.includes(name))).toEqual([]);
    for (const [what, { summary, responses, parameters = [] }] of operationsOf(document)) {
      expect([what, summary]).toEqual([what, expect.any(String)]);
      expect([what, Object.keys(responses).some((status) => status.startsWith("2"))]).toEqual([what, true]);
      expect([what, responses["default"]?.content]).toEqual([
        what,
        { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      ]);
      const inPath = [...what.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
      expect([what, parameters.filter((each) => each.in === "path").map(({ name }) => name)]).toEqual([what, inPath]);
    }
  });

  it("has schemas that a validator takes", async () => {
    const document = await documentOf(await start());
    const ajv = validator(document);
    for (const name of Object.keys(document.components.schemas)) {
      expect(() => ajv.compile({ $ref: `document#/components/schemas/${name}` })).not.toThrow();
    }
  });

  it("says what is answered", async () => {
    const api = await start();
    const document = await documentOf(api);
    const ajv = validator(document);
    const { id } = await api.client.listeners.create({ notifier: "http", config: { url: "x" } });
    const { id: eventId } = await api.client.events.publish(api.parts.catalog.sample("PhoneStatus"));
    const json = (body: object): RequestInit => ({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const calls: readonly (readonly [path: string, used: string, init?: RequestInit])[] = [
      ["/openapi.json", "/openapi.json"],
      ["/livez", "/livez"],
      ["/readyz", "/readyz"],
      ["/event-types", "/event-types"],
      ["/event-types/{name}", "/event-types/PhoneStatus"],
      ["/event-types/{name}/sample", "/event-types/PhoneStatus/sample?seed=3"],
      ["/events", "/events", json({ nothing: {} })],
      ["/events/validate", "/events/validate", json(JSON.parse(JSON.stringify(PHONE_STATUS)) as object)],
      ["/events/{id}/trace", "/events/e1/trace"],
      ["/events/{id}/trace", `/events/${eventId}/trace`],
      ["/filters/check", "/filters/check", json({ query: "//e:PhoneStatus[" })],
      [
        "/filters/explain",
        "/filters/explain",
        json({ query: "//e:CollectD", event: api.parts.catalog.sample("PhoneStatus") }),
      ],
      ["/listeners", "/listeners"],
      [
        "/listeners",
        "/listeners",
        json({ notifier: "http", config: {}, name: "x", rate: "1/s", xquery: ".", routingKey: "#" }),
      ],
      ["/listeners/{id}", `/listeners/${id}`],
      ["/listeners/{id}", "/listeners/none"],
      ["/listeners/{id}/pause", `/listeners/${id}/pause`, json({})],
      ["/listeners/{id}/resume", `/listeners/${id}/resume`, { method: "POST" }],
      ["/listeners/{id}/test", `/listeners/${id}/test`, { method: "POST" }],
      ["/listeners/{id}/test", `/listeners/${id}/test`, json({ eventType: "CollectD" })],
      ["/listeners/{id}/deliveries", `/listeners/${id}/deliveries`],
      ["/deliveries", "/deliveries?limit=10"],
      ["/deliveries/{id}", "/deliveries/d1"],
      ["/deliveries/{id}/retry", "/deliveries/d1/retry", json({})],
      ["/dead-letters", "/dead-letters?ids=listener-d1&ids=x"],
      ["/dead-letters/groups", "/dead-letters/groups"],
      ["/dead-letters/{id}", `/dead-letters/${LETTER.id}`],
      ["/dead-letters/redrive", "/dead-letters/redrive", json({ dryRun: true })],
      ["/dead-letters/delete", "/dead-letters/delete", json({ ids: [LETTER.id] })],
      ["/broker", "/broker"],
      ["/broker/connections", "/broker/connections"],
      ["/broker/queues", "/broker/queues"],
      ["/broker/subscriptions", "/broker/subscriptions"],
      ["/broker/queues/purge", "/broker/queues/purge", json({ address: "none" })],
      ["/broker/topics/replay", "/broker/topics/replay", json({ topic: "org.clacks" })],
      ["/api-keys", "/api-keys"],
      ["/api-keys", "/api-keys", json({ name: "x", scopes: ["admin"] })],
      ["/audit", "/audit?limit=5"],
    ];
    for (const [path, used, init = {}] of calls) {
      const response = await api.call(used, init);
      const body = (await response.json()) as unknown;
      const { responses } = document.paths[path]![(init.method ?? "GET").toLowerCase()]!;
      const status = String(response.status) in responses ? String(response.status) : "default";
      const [media = ""] = (response.headers.get("content-type") ?? "").split(";");
      const schema = responses[status]?.content?.[media]?.schema;
      expect([used, status, schema]).toEqual([used, status, expect.any(Object)]);
      const pointer = [path, (init.method ?? "GET").toLowerCase()].map((step) => step.replaceAll("/", "~1"));
      const check = ajv.compile({
        $ref: `document#/paths/${pointer.join("/")}/responses/${status}/content/${media.replaceAll("/", "~1")}/schema`,
      });
      expect([used, check(body), check.errors]).toEqual([used, true, null]);
    }
  });
});

const PHONE_STATUS = { PhoneStatus: { CallerId: "1" } };

/** JSON Schema 2020-12 differs from draft 7 in nothing that is used here. */
function validator(document: OpenApi): Ajv.Ajv {
  return new Ajv({ unknownFormats: "ignore" }).addSchema(document, "document");
}
