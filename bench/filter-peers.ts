/**
 * Other engines on the same decisions: an element of an event and the value of one field, the one form of filter that all of them have.
 *
 * In this process and in turns: xqbus, fontoxpath and xpath on slimdom's tree. Afterwards, in processes of their own: lxml (Python), Saxon-HE
 * and event-ruler (Java, the jars by Maven), which gets the events as JSON. What is missing is left out, with a note.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseXmlDocument } from "slimdom";
import { builtInWorkload } from "../src/cli/filter-bench/built-in-workload.ts";
import { xqbus } from "./compiled-package.ts";
import { measure, type Contender } from "./measure.ts";
import type { BenchmarkOptions, Cell, Report } from "./report.ts";

const fontoxpath = createRequire(import.meta.url)("fontoxpath") as {
  evaluateXPathToBoolean(
    query: string,
    context: unknown,
    facade: null,
    variables: null,
    options: { readonly language: string; readonly namespaceResolver: (prefix: string) => string | null },
  ): boolean;
};

/** The part that its declarations leave out. */
const xpath = createRequire(import.meta.url)("xpath") as {
  parse(path: string): {
    evaluateBoolean(context: {
      readonly node: unknown;
      readonly namespaces: Readonly<Record<string, string>>;
    }): boolean;
  };
};

const NAMESPACE = "http://www.gonicus.de/Events";
const FOLDER = join(import.meta.dirname, "filter-peers");

/** Filters, and how many of the peers are asked to do so many: a loop over 100,000 takes a second for each event. */
const COUNTS = [1, 1000, 100_000] as const;
const MOST_IN_A_LOOP = 1000;

type ValueFilter = readonly [type: string, field: string, value: string];

interface Work {
  readonly count: number;
  readonly events: readonly string[];
  readonly filters: readonly ValueFilter[];
}

interface PeerResult {
  readonly micros: number;
  readonly matches: number;
}

export function run(options: BenchmarkOptions): Report {
  const notes: string[] = [];
  const rows: Cell[][] = [];
  const folder = mkdtempSync(join(tmpdir(), "xqbus-peers-"));
  try {
    const classPath = javaClasses(folder);
    if (classPath === undefined) notes.push("Without Java 17 and Maven: Saxon-HE and event-ruler are left out.");
    for (const count of COUNTS) {
      const work = workOf(count);
      const [ours, ...others] = inProcess(work, options);
      rows.push(...[ours!, ...others].map((each) => row(each.name, count, each.cost.median, ours!.cost.median)));
      const lxml = count > MOST_IN_A_LOOP ? undefined : lxmlOf(work);
      if (lxml !== undefined) rows.push(row("lxml", count, lxml.micros, ours!.cost.median));
      else if (count === 1) notes.push("Without Python 3 and lxml (PYTHON names another python3): lxml is left out.");
      if (classPath === undefined) continue;
      for (const [peer, name] of [
        ["saxon", "Saxon-HE 12.8"],
        ["ruler", "event-ruler 2.1.0, events as JSON"],
      ] as const) {
        if (peer === "saxon" && count > MOST_IN_A_LOOP) continue;
        rows.push(row(name, count, javaPeer(classPath, folder, peer, work).micros, ours!.cost.median));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    tables: [{ title: "One value of one element, from the bytes of an event", columns: COLUMNS, rows }],
    notes,
  };
}

const COLUMNS = ["", "subscriptions", "user CPU µs per event", "ratio to xqbus"];

function row(name: string, count: number, micros: number, ours: number): Cell[] {
  return [name, count.toLocaleString("en-US"), micros, micros / ours];
}

/** The built-in filters without their number. */
function workOf(count: number): Work {
  const { filters, events } = builtInWorkload(count, "equality");
  return {
    count,
    events: events.map((bytes) => Buffer.from(bytes).toString()),
    filters: filters.map(({ xquery }) => {
      const [, type, field, value] = /\/f:(\w+)\[f:(\w+)='(\w+)'/.exec(xquery)!;
      return [type!, field!, value!];
    }),
  };
}

function inProcess({ count, events, filters }: Work, options: BenchmarkOptions): ReturnType<typeof measure> {
  const at = (index: number): string => events[index % events.length]!;
  const bytes = events.map((text) => Buffer.from(text));
  const index = new xqbus.FilterIndex();
  const paths = filters.map(([type, field, value]) => `/f:Event/f:${type}[f:${field}='${value}']`);
  const namespaces = { f: NAMESPACE };
  for (const [number, path] of paths.entries()) index.add(String(number), path, { namespaces });
  const ours: Contender = {
    name: "xqbus, FilterIndex",
    run: (number) => index.match(xqbus.parseXml(bytes[number % bytes.length]!)).length,
  };
  if (count > MOST_IN_A_LOOP) return measure([ours], options);
  const compiled = paths.map((path) => xpath.parse(path));
  const fontoOptions = { language: "XPath3.1", namespaceResolver: () => NAMESPACE };
  return measure(
    [
      ours,
      {
        name: "slimdom, fontoxpath 3.34",
        run: (number) => {
          const document = parseXmlDocument(at(number));
          return paths.filter((path) => fontoxpath.evaluateXPathToBoolean(path, document, null, null, fontoOptions))
            .length;
        },
      },
      {
        name: "slimdom, xpath 0.0.34",
        run: (number) => {
          const node = parseXmlDocument(at(number));
          return compiled.filter((each) => each.evaluateBoolean({ node, namespaces })).length;
        },
      },
    ],
    options,
  );
}

function lxmlOf({ events, filters }: Work): PeerResult | undefined {
  const python = process.env["PYTHON"] ?? "python3";
  const input = JSON.stringify({ events, filters });
  const { status, stdout } = spawnSync(python, [join(FOLDER, "lxml_peer.py")], { input, encoding: "utf8" });
  return status === 0 ? (JSON.parse(stdout) as PeerResult) : undefined;
}

/** The class path of the Java peers; undefined where Java or Maven is missing. */
function javaClasses(folder: string): string | undefined {
  const [jars, classes] = [join(folder, "jars"), join(folder, "classes")];
  mkdirSync(classes);
  const maven = [
    "-q",
    "-B",
    "-f",
    join(FOLDER, "pom.xml"),
    "dependency:copy-dependencies",
    `-DoutputDirectory=${jars}`,
  ];
  if (spawnSync("mvn", maven).status !== 0) return undefined;
  const source = join(FOLDER, "FilterPeers.java");
  const compiler = spawnSync("javac", ["-nowarn", "-cp", join(jars, "*"), "-d", classes, source]);
  return compiler.status === 0 ? `${classes}${delimiter}${join(jars, "*")}` : undefined;
}

function javaPeer(
  classPath: string,
  folder: string,
  peer: "saxon" | "ruler",
  { count, events, filters }: Work,
): PeerResult {
  const oneLine = events.map((text) => text.replaceAll("\n", ""));
  writeFileSync(join(folder, "events.txt"), oneLine.join("\n"));
  writeFileSync(join(folder, "events.json"), oneLine.map(asJson).join("\n"));
  writeFileSync(join(folder, "filters.tsv"), filters.map((filter) => filter.join("\t")).join("\n"));
  const args = ["-Xmx1g", "-XX:+UseParallelGC", "-cp", classPath, "FilterPeers", folder, peer, String(count)];
  const { status, stdout, stderr } = spawnSync("java", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${peer} failed: ${stderr}`);
  return JSON.parse(stdout) as PeerResult;
}

/** The fields of an event as event-ruler takes them; turning XML into it is not measured. */
function asJson(text: string): string {
  const { documentElement } = parseXmlDocument(text);
  const event = documentElement!.firstElementChild!;
  const fields: [string, string | null][] = event.children.map(({ localName, textContent }) => [
    localName,
    textContent,
  ]);
  return JSON.stringify({ [event.localName]: Object.fromEntries(fields) });
}
