import type { Catalog } from "xqbus";
import { xqbus } from "./compiled-package.ts";
import { loadEngine } from "./engine-alone.ts";
import { Libxml2Validator } from "./libxml2-validator.ts";
import { INSTALL_LIBXMLJS2, libxmljs2Validator } from "./libxmljs2-validator.ts";
import { measureLxml } from "./lxml.ts";
import { catalogOfTypes } from "./many-types.ts";
import { measure } from "./measure.ts";
import type { Contender, Measurement } from "./measure.ts";
import { indentedEvents, meanSize } from "./phone-status.ts";
import { costTable } from "./report.ts";
import type { BenchmarkOptions, Report, Table, Target } from "./report.ts";
import { loadDiagnosis } from "./second-engine.ts";

const TYPES = [12, 500] as const;
const LXML_ROUNDS = 7;

/** Validating an event from its bytes, against the public interface of the very engine that the catalog uses, and others. */
export async function run(options: BenchmarkOptions): Promise<Report> {
  using catalog = await xqbus.loadCatalog();
  const valid = indentedEvents();
  const invalid = valid.map((bytes) =>
    Buffer.from(bytes.toString().replaceAll("Status>\n  <", "Statsu>\n  <").replace("<Status>", "<Statsu>")),
  );
  const notes: string[] = [];
  const judged = [
    await judge("valid", valid, catalog, options, notes),
    await judge("invalid", invalid, catalog, options, notes),
  ];
  const [ofValid] = judged;
  const sizes = await compareSizes(valid, options);
  return {
    tables: [...judged.map(({ table }) => table), sizes.table],
    targets: [
      target("a valid event, catalog.validate(bytes) against the public interface", 0.75, ofValid?.measurements, BYTES),
      target(`a catalog of ${TYPES[1]} types against one of ${TYPES[0]}`, 1.3, sizes.measurements, typesName(TYPES[1])),
    ],
    notes: [...new Set(notes)],
  };
}

interface Compared {
  readonly table: Table;
  readonly measurements: readonly Measurement[];
}

const BYTES = "catalog.validate(bytes)";

async function judge(
  kind: "valid" | "invalid",
  events: readonly Buffer[],
  catalog: Catalog,
  options: BenchmarkOptions,
  notes: string[],
): Promise<Compared> {
  const peer = new Libxml2Validator();
  const engine = await loadEngine();
  const diagnosis = await loadDiagnosis(catalog);
  const libxmljs2 = libxmljs2Validator();
  const trees = events.map((bytes) => xqbus.parseXml(bytes));
  const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

  const first: Contender = {
    name: "libxml2-wasm, public interface: parse, validate, free",
    run: (index) => peer.problemsOf(at(events, index)),
  };
  const others: Contender[] = [
    { name: "the catalog's engine alone", run: (index) => engine.validate(at(events, index)).errors.length },
    { name: BYTES, run: (index) => catalog.validate(at(events, index)).length },
    {
      name: "catalog.validate(tree), of a tree that is there",
      run: (index) => catalog.validate(at(trees, index)).length,
    },
    {
      name: "parseXml, catalog.validate(tree)",
      run: (index) => catalog.validate(xqbus.parseXml(at(events, index))).length,
    },
    {
      name: "parseXml and catalog.validate(bytes)",
      run: (index) => {
        const bytes = at(events, index);
        return xqbus.parseXml(bytes).documentElement.children.length > 0 ? catalog.validate(bytes).length : 0;
      },
    },
    {
      name: "parseXml, our own diagnosis in the engine's place",
      run: (index) => diagnosis(xqbus.parseXml(at(events, index))),
    },
  ];
  if (libxmljs2 !== undefined) {
    others.push({
      name: "libxmljs2: parse, validate (compiles the schema)",
      run: (index) => libxmljs2(at(events, index)),
    });
  } else {
    notes.push(`skipped: libxmljs2 is not installed (${INSTALL_LIBXMLJS2}; it is compiled from source)`);
  }
  for (const { name, run } of [first, ...others]) {
    const found = run(0);
    if (found > 0 !== (kind === "invalid"))
      throw new Error(`${name} finds ${found} problems in an event that is ${kind}`);
  }
  const measurements = [...measure([first, ...others], options)];
  engine.close();
  const lxml = measureLxml(events, kind === "valid", measurements[0] as Measurement, options.rounds ?? LXML_ROUNDS);
  if (lxml !== undefined) measurements.push(lxml);
  else notes.push("skipped: lxml (python3 with lxml was not found)");
  const title = `Validating one ${kind} PhoneStatus event of ${meanSize(events)} bytes`;
  return { table: costTable(title, measurements), measurements };
}

async function compareSizes(events: readonly Buffer[], options: BenchmarkOptions): Promise<Compared> {
  const contenders = await Promise.all(
    TYPES.map(async (count): Promise<Contender> => {
      const catalog = await catalogOfTypes(count);
      if (catalog.eventNames.length !== count) throw new Error(`the catalog has not ${count} types`);
      return {
        name: typesName(count),
        run: (index) => catalog.validate(events[index % events.length] as Buffer).length,
      };
    }),
  );
  for (const { run } of contenders) if (run(0) !== 0) throw new Error("a valid event counts as invalid");
  const measurements = measure(contenders as [Contender, ...Contender[]], options);
  return { table: costTable("Validating one valid event with catalogs of different size", measurements), measurements };
}

function typesName(count: number): string {
  return `catalog of ${count} event types`;
}

function target(text: string, limit: number, measurements: readonly Measurement[] | undefined, name: string): Target {
  const measured = measurements?.find((each) => each.name === name)?.ratio;
  if (measured === undefined) throw new Error(`"${name}" was not measured`);
  return { text, limit, measured };
}
