import { readdirSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * Who may import whom: arrows between folders point down only. The list is the one of ARCHITECTURE.md.
 * `packages` are the npm packages that only this folder may import.
 */
const RULES: Readonly<Record<string, { readonly folders: readonly string[]; readonly packages: readonly string[] }>> = {
  "errors.ts": { folders: [], packages: [] },
  "clock.ts": { folders: [], packages: [] },
  "assert-option.ts": { folders: [], packages: [] },
  "optional-package.ts": { folders: [], packages: [] },
  "nearest-name.ts": { folders: [], packages: [] },
  "leases.ts": { folders: [], packages: [] },
  "in-turns.ts": { folders: [], packages: [] },
  "counted.ts": { folders: [], packages: [] },
  "turns.ts": { folders: [], packages: [] },
  "package-version.ts": { folders: [], packages: [] },
  xml: { folders: [], packages: [] },
  schema: { folders: ["xml"], packages: ["libxml2-wasm", "xmlbuilder2"] },
  event: { folders: ["schema", "xml"], packages: [] },
  filter: { folders: ["schema", "event", "xml"], packages: [] },
  docs: { folders: ["filter", "schema", "event", "xml"], packages: [] },
  amqp: { folders: ["telemetry", "subscription", "filter", "storage", "schema", "event", "xml"], packages: ["rhea"] },
  storage: { folders: [], packages: ["better-sqlite3"] },
  database: { folders: ["storage"], packages: ["kysely", "pg"] },
  cluster: { folders: ["database"], packages: [] },
  archive: {
    folders: ["database", "amqp", "subscription", "storage", "filter", "event", "schema", "xml"],
    packages: [],
  },
  subscription: { folders: [], packages: [] },
  producer: { folders: ["database", "amqp", "schema", "event", "xml"], packages: [] },
  worker: { folders: [], packages: [] },
  tasklet: { folders: ["worker", "amqp", "subscription", "event", "schema", "xml"], packages: [] },
  broker: { folders: ["filter", "storage", "xml"], packages: [] },
  daemon: { folders: ["broker", "schema", "event", "xml"], packages: [] },
  service: { folders: ["amqp", "filter", "schema", "event"], packages: [] },
  telemetry: { folders: [], packages: ["@opentelemetry/api"] },
  listener: {
    folders: [
      "cluster",
      "database",
      "telemetry",
      "subscription",
      "storage",
      "amqp",
      "filter",
      "event",
      "schema",
      "xml",
    ],
    packages: ["nodemailer", "undici", "ipaddr.js"],
  },
  action: {
    folders: ["worker", "database", "subscription", "filter", "event", "schema", "xml"],
    packages: ["croner"],
  },
  router: {
    folders: ["service", "amqp", "database", "filter", "schema", "event", "xml"],
    packages: [],
  },
  server: {
    folders: [
      "router",
      "action",
      "cluster",
      "database",
      "telemetry",
      "archive",
      "listener",
      "service",
      "daemon",
      "broker",
      "worker",
      "tasklet",
      "producer",
      "amqp",
      "subscription",
      "storage",
      "filter",
      "event",
      "schema",
      "xml",
    ],
    packages: [
      "fastify",
      "@fastify/rate-limit",
      "@fastify/swagger",
      "jose",
      "pino",
      "prom-client",
      "smol-toml",
      "typebox",
    ],
  },
  testing: { folders: ["schema", "event", "filter", "amqp", "broker"], packages: [] },
  public: {
    folders: [
      "xml",
      "schema",
      "event",
      "filter",
      "amqp",
      "subscription",
      "broker",
      "daemon",
      "service",
      "testing",
      "archive",
      "producer",
      "database",
      "worker",
      "tasklet",
      "action",
    ],
    packages: [],
  },
  "index.ts": { folders: ["public"], packages: [] },
  cli: {
    folders: [
      "xml",
      "schema",
      "event",
      "filter",
      "docs",
      "amqp",
      "storage",
      "subscription",
      "broker",
      "daemon",
      "service",
      "archive",
      "listener",
      "router",
      "server",
      "producer",
      "action",
      "database",
      "worker",
      "tasklet",
    ],
    packages: ["commander"],
  },
};

/** Files that every folder may import. */
const EVERYWHERE: readonly string[] = [
  "errors.ts",
  "clock.ts",
  "assert-option.ts",
  "optional-package.ts",
  "nearest-name.ts",
  "counted.ts",
  "in-turns.ts",
  "leases.ts",
  "turns.ts",
  "package-version.ts",
];

/** Lines of one source file; a table or a state machine that reads better in one piece stays below it too. */
const MAX_LINES = 400;
/** Written by `npm run generate`: as long as the shipped event types make it. */
const GENERATED = "event/shipped-events.ts";

const root = join(import.meta.dirname, "..");
const src = join(root, "src");

interface Source {
  /** Path below src with forward slashes. */
  readonly path: string;
  /** First folder below src, or the file name at the top level. */
  readonly area: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sourcesBelow(folder: string): readonly Source[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && statSync(join(folder, name)).isFile())
    .map((name) => {
      const path = name.split(sep).join("/");
      const text = readFileSync(join(folder, name), "utf8");
      const imports = [
        ...text.matchAll(/^(?:import|export)\b[^;"'`]*?\bfrom\s+"([^"]+)"/gms),
        ...text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g),
        ...text.matchAll(/^import\s+"([^"]+)"/gm),
        ...text.matchAll(/\brequire\)?\("([^"]+)"\)/g),
        ...text.matchAll(/createRequire\(import\.meta\.url\)\("([^"]+)"\)/g),
      ].map((match) => match[1] ?? "");
      return { path, area: path.split("/")[0] ?? path, text, imports };
    });
}

const sources = sourcesBelow(src);

function areaOf(importer: Source, specifier: string): string {
  const target = relative(src, resolve(src, dirname(importer.path), specifier))
    .split(sep)
    .join("/");
  return target.split("/")[0] ?? target;
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

describe("the folders of src", () => {
  it("are all in the table of the architecture", () => {
    expect([...new Set(sources.map((source) => source.area))].filter((area) => !(area in RULES))).toEqual([]);
  });

  it("import only what lies below them", () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => areaOf(source, specifier))
        .filter(
          (area) => area !== source.area && !EVERYWHERE.includes(area) && !RULES[source.area]?.folders.includes(area),
        )
        .map((area) => `${source.path} imports ${area}`),
    );
    expect(wrong).toEqual([]);
  });

  it("enter another folder through its index.ts only", () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((specifier) => specifier.startsWith(".") && areaOf(source, specifier) !== source.area)
        // public/ has an entry for each folder instead.
        .filter(
          (specifier) =>
            !/(^|\/)(index|errors|clock|assert-option|optional-package|nearest-name|counted|in-turns|leases|turns|package-version)\.ts$|\/public\/[a-z]+\.ts$/.test(
              specifier,
            ),
        )
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("keep each npm package in the folder that owns it", () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
        .map(packageOf)
        .filter((name) => !RULES[source.area]?.packages.includes(name))
        .map((name) => `${source.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("name Node's own modules with node:", () => {
    const wrong = sources.flatMap((source) =>
      source.imports.filter((name) => builtinModules.includes(name)).map((name) => `${source.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("import with the file's real ending", () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((specifier) => specifier.startsWith(".") && !/\.ts$/.test(specifier))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("a source file", () => {
  it("has at most 400 lines", () => {
    const long = sources
      .filter(({ path }) => path !== GENERATED)
      .map((source) => ({ path: source.path, lines: source.text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  it("is no drawer for odds and ends", () => {
    const drawers = sources
      .map((source) => source.path)
      .filter((path) => /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.ts$)/.test(path));
    expect(drawers).toEqual([]);
  });

  it("called index.ts only re-exports", () => {
    const wrong = sources
      .filter((source) => /(?:^|\/)index\.ts$/.test(source.path))
      .filter((source) => {
        const rest = source.text
          .replace(/\/\*[\s\S]*?\*\//g, "")
          .replace(/^export\s+(type\s+)?(\*|\{[^}]*\})\s+from\s+"[^"]+";$/gm, "");
        return rest.trim() !== "";
      })
      .map((source) => source.path);
    expect(wrong).toEqual([]);
  });

  it("silences neither the type checker nor the linter", () => {
    const wrong = sources.flatMap((source) =>
      [
        ...source.text.matchAll(/@ts-(?:ignore|expect-error|nocheck)|eslint-disable/g),
        // A comment may well have the word.
        ...source.text.replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, "").matchAll(/\bas any\b|: any\b/g),
      ].map((match) => `${source.path}: ${match[0]}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("the package", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly exports: Readonly<Record<string, unknown>>;
  };

  it("asks library users for at most 8 packages", () => {
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(8);
  });

  it("has no dependency that no source imports", () => {
    const used = new Set(sources.flatMap((source) => source.imports.map(packageOf)));
    expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name))).toEqual([]);
  });

  it("offers every folder that users need as a subpath", () => {
    expect(Object.keys(manifest.exports)).toEqual([
      ".",
      "./xml",
      "./schema",
      "./event",
      "./filter",
      "./amqp",
      "./subscription",
      "./broker",
      "./service",
      "./producer",
      "./archive",
      "./action",
      "./testing",
      "./tasklet",
      "./package.json",
    ]);
  });
});
