import { filesNeededBy } from "./assemble/dependency-order.ts";
import type { CompiledSchema, WorkingSchema } from "./assemble/compile.ts";
import { schemaProblem, type SchemaProblem } from "./sources/schema-problem.ts";

/** What {@link brokenByChange} has to know of a change. */
export interface SchemaChange {
  /** The schema from before the change; undefined when there was none. */
  readonly before: Pick<CompiledSchema, "components" | "table"> | undefined;
  /** Whether a file was good before, whatever it is now. */
  readonly wasGood: (file: string) => boolean;
  /** The files that were good before and have another content now. */
  readonly changed: readonly string[];
  /** Whether there are files that were not there before, or the other way round. */
  readonly hasOtherFiles: boolean;
}

/**
 * The changed files that must not take effect, each with what is wrong: those that have a mistake, and those whose change breaks
 * a file that was good and did not change.
 *
 * Only of the first round that has any: a later problem may be the consequence of an earlier one.
 */
export function brokenByChange({ rounds }: WorkingSchema, change: SchemaChange): readonly SchemaProblem[] {
  for (const round of rounds) {
    const mistakes = round.filter(({ file, cause }) => cause === undefined && change.changed.includes(file));
    if (mistakes.length > 0) return mistakes;
    const victims = round.filter(({ file, cause }) => cause === undefined && change.wasGood(file));
    const consequences = consequencesOf(victims, change);
    if (consequences.length > 0) return consequences;
  }
  return [];
}

/** One problem for each changed file that breaks others, with the first of them. */
function consequencesOf(victims: readonly SchemaProblem[], change: SchemaChange): readonly SchemaProblem[] {
  if (victims.length === 0 || change.before === undefined) return [];
  const { components, table } = change.before;
  const neededBy = filesNeededBy(components, table);
  const consequences = new Map<string, SchemaProblem>();
  for (const victim of victims) {
    const needed = neededBy(victim.file);
    const near = change.changed.filter((file) => needed.has(file) || file === victim.conflictsWith);
    // What only changed files can have done, though it does not show how, all of them have done.
    const blamed = near.length > 0 || change.hasOtherFiles ? near : change.changed;
    for (const file of blamed) {
      if (consequences.has(file)) continue;
      const message = `its change breaks ${victim.file}:${victim.line}: ${victim.message}`;
      consequences.set(file, schemaProblem(file, 1, message, victim.code));
    }
  }
  return [...consequences.values()];
}
