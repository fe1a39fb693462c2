import { xqbus } from "./compiled-package.ts";
import { Libxml2Validator } from "./libxml2-validator.ts";
import { measure } from "./measure.ts";
import { indentedEvents, meanSize } from "./phone-status.ts";
import { costTable } from "./report.ts";
import type { BenchmarkOptions, Report, Table } from "./report.ts";

/** Validating an event from its bytes, against the public interface of the very engine that the catalog uses. */
export async function run(options: BenchmarkOptions): Promise<Report> {
  using catalog = await xqbus.loadCatalog();
  const peer = new Libxml2Validator();

  const compare = (kind: string, events: readonly Buffer[], problems: number): Table => {
    const at = (index: number): Buffer => events[index % events.length] as Buffer;
    const contenders = {
      "libxml2-wasm, public API: parse, validate, free": (index: number) => peer.problemsOf(at(index)),
      "catalog.validate: parse for positions, then validate": (index: number) => catalog.validate(at(index)).length,
    };
    const [first, ...others] = Object.entries(contenders).map(([name, run]) => ({ name, run }));
    for (const contender of [first, ...others]) {
      const found = contender?.run(0);
      if (found !== problems) throw new Error(`${contender?.name} finds ${found} problems, not ${problems}`);
    }
    if (first === undefined) throw new Error("nothing to compare with");
    return costTable(
      `Validating one ${kind} PhoneStatus event of ${meanSize(events)} bytes`,
      measure([first, ...others], options),
    );
  };

  const valid = indentedEvents();
  const invalid = valid.map((bytes) =>
    Buffer.from(bytes.toString().replaceAll("Status>\n  <", "Statsu>\n  <").replace("<Status>", "<Statsu>")),
  );
  return { tables: [compare("valid", valid, 0), compare("invalid", invalid, 1)] };
}
