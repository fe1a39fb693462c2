import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { root } from "./command.ts";

const execute = promisify(execFile);

const XML = [
  ...["DEFAULT_XML_LIMITS", "ExpandedName", "NodeType", "XMLNS_NAMESPACE", "XML_NAMESPACE", "XmlAttribute"],
  ...["XmlComment", "XmlDocument", "XmlElement", "XmlProcessingInstruction", "XmlSyntaxError", "XmlText"],
  ...["attributeValue", "childElements", "documentOf", "escapeAttribute", "escapeText", "lookupNamespace"],
  ...["parseXml", "positionOf", "serializeXml", "stringValue"],
];
const SCHEMA = [
  ...["DEFAULT_NAMESPACE", "DEFAULT_SCHEMA_FILE_LIMITS", "InvalidEventError", "SampleError", "UnknownNameError"],
  ...["annotationsOf", "compareCatalogs", "eventFixtures", "formatProblem", "formatSchemaProblem"],
  ...["isBackwardCompatible", "isForwardCompatible", "loadCatalog", "sensitivityOf", "writeEventSchema"],
];
const EVENT = [
  ...["Event", "EventContentError", "EventMaker", "MadeElement", "bytesOf", "eventTypeOf", "formatTags"],
  ...["fromJson", "fromObject", "maskSensitive", "parseTags", "toJson", "toObject", "toPlainDocument", "typedContent"],
];
const FILTER = [
  ...["DEFAULT_FILTER_INDEX_OPTIONS", "DEFAULT_FILTER_NAMESPACES", "EVERY_EVENT", "FilterError", "FilterIndex"],
  ...["MESSAGE_NAMESPACE", "SelectorError", "compileFilter", "compileSelector", "formatExplanation", "watchFilters"],
];
const AMQP = [
  ...["AMQPEventConsumer", "AbortedError", "AuthenticationError", "CertificateError", "EventPublisher"],
  ...["NotConnectedError", "RefusedError", "TimeoutError", "busUrlOfEnvironment", "parseBusUrl", "parseBusUrls"],
];
const SUBSCRIPTION = [
  ...["MemoryHandledIds", "PermanentError", "RetryLater", "Subscription", "formatRetryPolicy", "retryPolicy"],
];
const BROKER = [
  "DEFAULT_BROKER_LIMITS",
  "checkAccess",
  "checkStore",
  "hashPassword",
  "salvageStore",
  "startBroker",
  "validateAtTheDoor",
];
const SERVICE = [
  ...["AMQPServiceProxy", "EventClient", "ResourceNotFoundError", "ServiceError", "announceClient"],
  ...["getEventClient", "listenMicroserviceEvents", "serveMethods", "serveResource"],
];
const TASKLET = [
  ...["PermanentError", "RetryLater", "TaskletConsumer", "checkConsumer", "currentCall", "events", "eventsOf"],
  "findConsumers",
];
const PRODUCER = [
  ...["installProducer", "openDatabase", "openRelay", "outbox", "producerState", "retryParked", "uninstallProducer"],
];
const ARCHIVE = [
  ...["Archive", "ArchiveService", "REPLAYED_PROPERTY", "backtest", "checkArchive", "replay", "replayToBus"],
];
const ACTION = ["PermanentError", "RetryLater", "bulkInsert", "connect", "defineWorkflow", "useDatabases"];
const TESTING = ["ExpectationError", "createTestBus"];

/** What each entry of the package gives at run time: adding a name is a decision, losing one breaks somebody's program. */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  xqbus: [
    ...["ERROR_CODES", "XqbusError", ...XML, ...SCHEMA, ...EVENT, ...FILTER, ...AMQP],
    ...[...SUBSCRIPTION, ...BROKER, ...SERVICE],
  ].sort(),
  "xqbus/xml": XML,
  "xqbus/schema": SCHEMA,
  "xqbus/event": EVENT,
  "xqbus/filter": FILTER,
  "xqbus/amqp": AMQP,
  "xqbus/subscription": SUBSCRIPTION,
  "xqbus/broker": BROKER,
  "xqbus/service": SERVICE,
  "xqbus/producer": PRODUCER,
  "xqbus/archive": ARCHIVE,
  "xqbus/action": ACTION,
  "xqbus/testing": TESTING,
  "xqbus/tasklet": TASKLET,
};

/** Runs a module with plain Node in the checkout, where the package finds itself by its name. */
async function node(source: string): Promise<unknown> {
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", source], { cwd: root });
  return JSON.parse(stdout);
}

/** The relative links of a Markdown file. */
function linksOf(file: string): readonly string[] {
  const targets = [...readFileSync(join(root, file), "utf8").matchAll(/\]\(([^)#\s]+)/g)].map(
    ([, target = ""]) => target,
  );
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

interface Declaration {
  readonly file: string;
  readonly imports: readonly string[];
}

/** The declaration files that a program's compiler reads for these entries, and what each of them imports. */
function reachableDeclarations(entries: readonly string[]): readonly Declaration[] {
  const found = new Map<string, readonly string[]>();
  const pending = entries.map((entry) => join(root, entry));
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (found.has(file)) continue;
    const text = readFileSync(file, "utf8").replace(/\/\*[^]*?\*\//g, "");
    const imports = [...text.matchAll(/(?:\bfrom |\bimport\(|\bimport )"([^"]+)"/g)].map(([, name = ""]) => name);
    found.set(file, imports);
    const relative = imports.filter((name) => name.startsWith("."));
    pending.push(...relative.map((name) => join(dirname(file), name.replace(/(?:\.d)?\.[jt]s$/, ".d.ts"))));
  }
  return [...found].map(([file, imports]) => ({ file, imports }));
}

describe("the compiled package", () => {
  it.each(Object.entries(EXPORTS))("is imported as %s and exports what it promises", async (name, names) => {
    const source = `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(name)})).sort()))`;
    expect(await node(source)).toEqual(names);
  });

  it("does not let its inner files be imported", async () => {
    const source = 'console.log(JSON.stringify(await import("xqbus/cli").then(() => "imported", (e) => e.code)))';
    expect(await node(source)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("is packed with code, types and event types, and without tests and sources", async () => {
    const { stdout } = await execute("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      shell: process.platform === "win32",
    });
    const [pack] = JSON.parse(stdout) as [{ files: { path: string; mode: number }[] }];
    const paths = pack.files.map((file) => file.path);
    expect(paths).toEqual(
      expect.arrayContaining([
        ...["package.json", "LICENSE", "dist/index.js", "dist/index.d.ts", "dist/cli/main.js"],
        ...["schemas/events/Event.xsd", "schemas/events/PhoneStatus.xsd", "schemas/events/CollectD.xsd"],
      ]),
    );
    expect(paths.filter((path) => path.startsWith("schemas/events/") && path.endsWith(".xsd"))).toHaveLength(24);
    expect(paths.filter((path) => !/^(dist|schemas|docs|examples|deploy)\/|^[\w.]+$/.test(path))).toEqual([
      "bench/RESULTS.md",
    ]);
    // What only the checkout uses, and maps to sources that are not there.
    expect(paths.filter((path) => /\/\.|\.map$/.test(path))).toEqual([]);
    expect(
      linksOf("README.md").filter((link) => !paths.some((path) => path === link || path.startsWith(`${link}/`))),
    ).toEqual([]);
  });

  it("is built before it is packed, into a dist/ that holds nothing older and no maps", async () => {
    const copy = mkdtempSync(join(tmpdir(), "xqbus-build-"));
    try {
      for (const path of ["scripts", "tsconfig.json", "tsconfig.build.json", "package.json"]) {
        cpSync(join(root, path), join(copy, path), { recursive: true });
      }
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
      for (const folder of ["src", "dist"]) mkdirSync(join(copy, folder));
      writeFileSync(join(copy, "src", "index.ts"), "export const answer: number = 42;\n");
      writeFileSync(join(copy, "dist", "gone.js"), "");
      const [command = "", ...args] = manifest.scripts.prepack.split(" ");
      expect(command).toBe("node");
      await execute(process.execPath, args, { cwd: copy });
      expect(readdirSync(join(copy, "dist")).sort()).toEqual([".xqbus-built", "index.d.ts", "index.js"]);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it("has declarations that need no package but Node's, and kysely's where a database is opened", () => {
    const declarations = reachableDeclarations(
      Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry.types])),
    );
    const foreign = declarations.flatMap(({ file, imports }) =>
      imports.filter((name) => !/^(?:\.|node:|kysely$)/.test(name)).map((name) => `${file} imports ${name}`),
    );
    expect(foreign).toEqual([]);
    expect(declarations.length).toBeGreaterThan(20);
  });
});
