import { xqbus } from "./compiled-package.ts";
import { catalogOfTypes } from "./many-types.ts";
import { measure } from "./measure.ts";
import { costTable } from "./report.ts";
import type { BenchmarkOptions, Report } from "./report.ts";

/** Filters as people write them, over event types like PhoneStatus. */
const FILTERS: readonly string[] = [
  '/e:Event/e:PhoneStatus[e:Status = "busy"]',
  '/e:Event/e:PhoneStatus[e:CallerId = "0815" or e:ReceiverId = "0815"]',
  '//e:Status = "busy"',
  'for $p in ./e:Event/e:PhoneStatus where starts-with($p/e:CallerId, "0049") return $p',
  '/e:Event/*[e:CallerId = "4711"]',
];

/** What the check against a catalog adds to compiling a filter. */
export async function run(options: BenchmarkOptions): Promise<Report> {
  using few = await catalogOfTypes(12);
  using many = await catalogOfTypes(500);
  const filterAt = (index: number): string => FILTERS[index % FILTERS.length] ?? "";
  const compile = (index: number, more: Parameters<typeof xqbus.compileFilter>[1]): number =>
    xqbus.compileFilter(filterAt(index), more).variables.length;
  const measurements = measure(
    [
      { name: "without a catalog", run: (index) => compile(index, {}) },
      { name: "checked, 12 event types", run: (index) => compile(index, { catalog: few }) },
      { name: "checked, 500 event types", run: (index) => compile(index, { catalog: many }) },
    ],
    options,
  );
  return { tables: [costTable("Compiling one filter, five kinds in turn", measurements)] };
}
