import { createRequire } from "node:module";
import { parseXmlDocument } from "slimdom";
import type { Document } from "slimdom";
import { xqbus } from "./compiled-package.ts";
import { measure } from "./measure.ts";
import { indentedEvents, meanSize } from "./phone-status.ts";
import { costTable } from "./report.ts";
import type { BenchmarkOptions, Report } from "./report.ts";
import { SEED_QUERY } from "./seed-query.ts";

/** The part that is used here; the package's own declarations pull in the global types of a browser. */
interface Fontoxpath {
  evaluateXPathToBoolean(
    query: string,
    context: Document,
    facade: null,
    variables: null,
    options: { readonly language: string },
  ): boolean;
}

const fontoxpath = createRequire(import.meta.url)("fontoxpath") as Fontoxpath;
const XQUERY = { language: "XQuery3.1" };

/** The seed's query on an event, against the same engine on a DOM. */
export function run(options: BenchmarkOptions): Report {
  const filter = xqbus.compileFilter(SEED_QUERY);
  const events = indentedEvents();
  const trees = events.map((bytes) => xqbus.parseXml(bytes));
  const texts = events.map((bytes) => bytes.toString());
  const documents = texts.map((text) => parseXmlDocument(text));
  const matchesDom = (document: Document): number =>
    Number(fontoxpath.evaluateXPathToBoolean(SEED_QUERY, document, null, null, XQUERY));
  const at = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

  const parsed = measure(
    [
      { name: "fontoxpath on slimdom", run: (index) => matchesDom(at(documents, index)) },
      { name: "filter.matches on the light tree", run: (index) => Number(filter.matches(at(trees, index))) },
    ],
    options,
  );
  const fromBytes = measure(
    [
      {
        name: "slimdom parse, fontoxpath",
        run: (index) => matchesDom(parseXmlDocument(at(events, index).toString())),
      },
      {
        name: "parseXml, filter.matches",
        run: (index) => Number(filter.matches(xqbus.parseXml(at(events, index)))),
      },
    ],
    options,
  );
  const size = meanSize(events);
  return {
    tables: [
      costTable(`The seed's query on one parsed event of ${size} bytes`, parsed),
      costTable(`The seed's query on the bytes of one event of ${size} bytes`, fromBytes),
    ],
  };
}
