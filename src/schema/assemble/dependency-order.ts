import type { ComponentTable } from "../model/component-table.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";

/** Orders units so that each comes after those it includes, imports or refers to, as far as there are no circles. */
export function inDependencyOrder(components: readonly UnitComponents[], table: ComponentTable): readonly SchemaUnit[] {
  const byUnit = new Map(components.map((each) => [each.unit, each]));
  const byFile = new Map<string, SchemaUnit[]>();
  for (const { unit } of components) {
    const { file } = unit.document;
    byFile.set(file, [...(byFile.get(file) ?? []), unit]);
  }
  const neededBy = (unit: SchemaUnit): readonly SchemaUnit[] => [
    ...[...unit.includes, ...unit.imports].flatMap((each) => each.unit ?? []),
    ...(byUnit.get(unit)?.references ?? []).flatMap((reference) => {
      const file = table.find(reference)?.source?.file;
      return file === undefined ? [] : (byFile.get(file) ?? []);
    }),
  ];

  const ordered = new Set<SchemaUnit>();
  const entered = new Set<SchemaUnit>();
  const pending = components.map(({ unit }) => unit).reverse();
  for (let unit = pending.at(-1); unit !== undefined; unit = pending.at(-1)) {
    // A unit is met twice: first it waits for those it needs, then it takes its place behind them.
    if (entered.has(unit)) {
      ordered.add(unit);
      pending.pop();
    } else {
      entered.add(unit);
      pending.push(...neededBy(unit).filter((each) => !entered.has(each)));
    }
  }
  return [...ordered];
}
