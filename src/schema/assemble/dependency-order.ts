import type { ComponentTable } from "../model/component-table.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";

/** Orders units so that each comes after those it includes, imports or refers to, as far as there are no circles. */
export function inDependencyOrder(components: readonly UnitComponents[], table: ComponentTable): readonly SchemaUnit[] {
  const neededBy = unitsNeededBy(components, table);

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

/** Gives for a file all files that it needs: those it includes, imports or refers to, and what these need. */
export function filesNeededBy(
  components: readonly UnitComponents[],
  table: ComponentTable,
): (file: string) => ReadonlySet<string> {
  const neededBy = unitsNeededBy(components, table);
  return (file) => {
    const units = new Set(components.flatMap(({ unit }) => (unit.document.file === file ? unit : [])));
    for (const unit of units) for (const needed of neededBy(unit)) units.add(needed);
    return new Set([...units].map(({ document }) => document.file));
  };
}

/** Gives for a unit those that it includes, imports or refers to. */
function unitsNeededBy(
  components: readonly UnitComponents[],
  table: ComponentTable,
): (unit: SchemaUnit) => readonly SchemaUnit[] {
  const byUnit = new Map(components.map((each) => [each.unit, each]));
  const byFile = new Map<string, SchemaUnit[]>();
  for (const { unit } of components) {
    const { file } = unit.document;
    byFile.set(file, [...(byFile.get(file) ?? []), unit]);
  }
  return (unit) => [
    ...[...unit.includes, ...unit.imports].flatMap((each) => each.unit ?? []),
    ...(byUnit.get(unit)?.references ?? []).flatMap((reference) => {
      const file = table.find(reference)?.source?.file;
      return file === undefined ? [] : (byFile.get(file) ?? []);
    }),
  ];
}
