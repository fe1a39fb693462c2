import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XmlBufferInputProvider, XmlDocument, XsdValidator, xmlRegisterInputProvider } from "libxml2-wasm";
import { xqbus } from "./compiled-package.ts";
import { writeManyTypes } from "./many-types.ts";
import type { BenchmarkOptions, Report } from "./report.ts";
import { costTable } from "./report.ts";
import { ratioOf, spreadOf } from "./spread.ts";

const TYPES = 500;
const DEFAULT_ROUNDS = 21;
const WARM_UP = 5;
const BASE = "mem:/many/";

interface Contender {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

/**
 * One file out of many is edited: reading, checking and compiling the catalog again, against plain compiling of the same files with
 * libxml2-wasm. Each round is one reload: user CPU of all threads, the collection of garbage and the background compiler included.
 */
export async function run({ rounds = DEFAULT_ROUNDS }: BenchmarkOptions): Promise<Report> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "xqbus-bench-")));
  try {
    const names = writeManyTypes(folder, TYPES);
    const contenders = [plainCompile(folder, names), await reload(folder, names), firstLoad(folder)];
    const costs = contenders.map(() => [] as number[]);
    for (let round = -WARM_UP; round < rounds; round++) {
      for (let place = 0; place < contenders.length; place++) {
        const at = (round + WARM_UP + place) % contenders.length;
        const { user } = process.cpuUsage();
        await contenders[at]?.run();
        if (round >= 0) costs[at]?.push(process.cpuUsage().user - user);
      }
    }
    const [baseline = []] = costs;
    const measurements = contenders.map(({ name }, i) => ({
      name,
      cost: spreadOf(costs[i] ?? []),
      ratio: ratioOf(costs[i] ?? [], baseline),
    }));
    return {
      tables: [costTable(`A catalog of ${TYPES} XSD files, one of which was edited`, measurements)],
      targets: [
        { text: "a reload against plain compiling of the same files", limit: 3, measured: measurements[1]!.ratio },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What libxml2-wasm needs at least: one document that includes all files, read from memory, parsed and compiled. */
function plainCompile(folder: string, names: readonly string[]): Contender {
  const files = Object.fromEntries(names.map((name) => [BASE + name, readFileSync(join(folder, name))]));
  xmlRegisterInputProvider(new XmlBufferInputProvider(files));
  const includes = names.map((name) => `<xs:include schemaLocation="${name}"/>`).join("\n");
  const text =
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.gonicus.de/Events">` +
    `${includes}</xs:schema>`;
  return {
    name: "libxml2-wasm, public interface: parse and compile, free",
    run: () => {
      const schema = XmlDocument.fromBuffer(Buffer.from(text), { url: `${BASE}all-events.xsd` });
      const validator = XsdValidator.fromDoc(schema);
      validator.dispose();
      schema.dispose();
    },
  };
}

/** The watcher's own way: everything is looked at, what did not change is not read, parsed and made components again. */
async function reload(folder: string, names: readonly string[]): Promise<Contender> {
  const catalog = await xqbus.loadCatalog({ directories: [folder] });
  const watcher = catalog.watch({ usePolling: true, pollMs: 1_000_000 });
  const [name = ""] = names;
  const text = readFileSync(join(folder, name), "utf8");
  let edits = 0;
  return {
    name: "catalog.watch: edit one file, reload",
    run: async () => {
      writeFileSync(join(folder, name), `${text}<!-- ${++edits} -->\n`);
      const { hasChanged, problems } = await watcher.reload();
      if (!hasChanged || problems.length > 0) throw new Error("the edit was not read");
    },
  };
}

function firstLoad(folder: string): Contender {
  return {
    name: "loadCatalog: for the first time, close",
    run: async () => {
      const catalog = await xqbus.loadCatalog({ directories: [folder] });
      if (catalog.eventNames.length !== TYPES) throw new Error(`the catalog has not ${TYPES} types`);
      catalog.close();
    },
  };
}
