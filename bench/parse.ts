import { XmlDocument } from "libxml2-wasm";
import { SaxesParser } from "saxes";
import { parseXmlDocument } from "slimdom";
import { xqbus } from "./compiled-package.ts";
import { measure } from "./measure.ts";
import type { Contender } from "./measure.ts";
import { indentedEvents, meanSize } from "./phone-status.ts";
import { costTable } from "./report.ts";
import type { BenchmarkOptions, Report } from "./report.ts";

const events = indentedEvents();

const libxml2: Contender = {
  name: "libxml2-wasm: tree in WebAssembly, freed",
  run: (index) => {
    const document = XmlDocument.fromBuffer(bytesAt(index));
    const { length } = document.root.name;
    document.dispose();
    return length;
  },
};

const OTHERS: readonly Contender[] = [
  { name: "parseXml: tree with positions", run: (index) => xqbus.parseXml(bytesAt(index)).children.length },
  {
    name: "saxes (xmlns): events, no tree",
    run: (index) => {
      let elements = 0;
      const parser = new SaxesParser({ xmlns: true });
      parser.on("opentag", () => elements++);
      parser.write(bytesAt(index).toString()).close();
      return elements;
    },
  },
  { name: "slimdom: DOM", run: (index) => parseXmlDocument(bytesAt(index).toString()).childNodes.length },
];

/** Reading an event from its bytes, against an engine in WebAssembly, a streaming parser and a DOM. */
export function run(options: BenchmarkOptions): Report {
  const title = `Parsing one PhoneStatus event of ${meanSize(events)} bytes`;
  return { tables: [costTable(title, measure([libxml2, ...OTHERS], options))] };
}

function bytesAt(index: number): Buffer {
  return events[index % events.length] as Buffer;
}
