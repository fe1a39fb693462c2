import { messageOf, XqbusError } from "../../errors.ts";
import { nearestName } from "../../nearest-name.ts";
import { parseDuration, retryPolicy } from "../../subscription/index.ts";
import { INPUT, type StepSource, type WorkflowDefinition, type WorkflowStep } from "./definition.ts";
import type { WorkflowProblem } from "./workflow-problem.ts";

const MAX_STEPS = 200;
const MAX_NAME = 100;
const MAX_DESCRIPTION = 2000;
const MEMBERS: readonly string[] = ["name", "description", "timeout", "steps"];
const STEP_MEMBERS: readonly string[] = [
  "action",
  "after",
  "when",
  "input",
  "delay",
  "retry",
  "timeout",
  "on_failure",
  "onFailure",
];
const QUERY_MEMBERS: readonly string[] = ["xquery", "of"];
/** Words that have a meaning where a step is named. */
const RESERVED: readonly string[] = [INPUT, "fail", "continue"];

type Table = Readonly<Record<string, unknown>>;

/** The members of a definition, one by one; what is wrong is left out and told. How the steps fit together is not looked at. */
export class DefinitionReader {
  readonly problems: WorkflowProblem[] = [];

  read(value: unknown): WorkflowDefinition {
    const table = this.#table(value, [], MEMBERS);
    const description = this.#text(table, "description", [], MAX_DESCRIPTION, true);
    const timeoutMs = this.#timeout(table, []);
    return {
      name: this.#required(table, "name", []),
      ...(description === undefined ? {} : { description }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      steps: this.#steps(table["steps"]),
    };
  }

  #steps(value: unknown): readonly WorkflowStep[] {
    const steps = Object.entries(this.#table(value, ["steps"], undefined));
    if (steps.length === 0 && this.problems.length === 0)
      this.#problem(["steps"], "there is no step; expected at least one");
    if (steps.length > MAX_STEPS)
      this.#problem(["steps"], `there are ${steps.length} steps; at most ${MAX_STEPS} are allowed`);
    return steps.slice(0, MAX_STEPS).map(([name, step]) => this.#step(name, step));
  }

  #step(name: string, value: unknown): WorkflowStep {
    const path = ["steps", name];
    if (!/^[A-Za-z][\w-]{0,63}$/.test(name)) {
      this.#problem(path, "a step's name is a letter and up to 63 letters, digits, _ and -");
    } else if (RESERVED.includes(name))
      this.#problem(path, `"${name}" has a meaning of its own and cannot name a step`);
    const table = this.#table(value, path, STEP_MEMBERS);
    const action = this.#text(table, "action", path, MAX_NAME);
    const delayMs = this.#duration(table, "delay", path);
    if (action === undefined && delayMs === undefined && !("action" in table || "delay" in table)) {
      this.#problem(path, "a step has an action, or a delay only (a pause); this one has neither");
    }
    const when = this.#query(table["when"], [...path, "when"], true);
    const retry = this.#retry(table, path);
    const timeoutMs = this.#timeout(table, path);
    return {
      name,
      ...(action === undefined ? {} : { action }),
      after: this.#after(table["after"], [...path, "after"]),
      ...(when === undefined ? {} : { when }),
      input: this.#input(table["input"], [...path, "input"]),
      delayMs: delayMs ?? 0,
      ...(retry === undefined ? {} : { retry }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      onFailure: this.#onFailure(table, path),
    };
  }

  #after(value: unknown, path: readonly string[]): readonly string[] {
    const names = typeof value === "string" ? [value] : (value ?? []);
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return [...new Set<string>(names)];
    this.#problem(path, 'expected the name of a step, or a list of them: ["first", "second"]');
    return [];
  }

  #query(
    value: unknown,
    path: readonly string[],
    mayBeText: boolean,
  ): { readonly xquery: string; readonly of: string } | undefined {
    if (value === undefined) return undefined;
    if (mayBeText && typeof value === "string") return { xquery: value, of: INPUT };
    const isTable = typeof value === "object" && value !== null && !Array.isArray(value);
    const { xquery, of = INPUT } = isTable ? this.#table(value, path, QUERY_MEMBERS) : {};
    if (typeof xquery === "string" && typeof of === "string") return { xquery, of };
    this.#problem(path, 'expected a query: { xquery = "…", of = "input" }');
    return undefined;
  }

  #input(value: unknown, path: readonly string[]): StepSource {
    if (value === undefined || value === INPUT) return { kind: "input" };
    if (typeof value === "string") return { kind: "step", step: value };
    const query = this.#query(value, path, false);
    return query === undefined ? { kind: "input" } : { kind: "query", ...query };
  }

  #onFailure(table: Table, path: readonly string[]): WorkflowStep["onFailure"] {
    const member = "onFailure" in table ? "onFailure" : "on_failure";
    const value = this.#text(table, member, path, MAX_NAME) ?? "fail";
    return value === "fail" || value === "continue" ? { kind: value } : { kind: "step", step: value };
  }

  #retry(table: Table, path: readonly string[]): string | undefined {
    const text = this.#text(table, "retry", path, MAX_DESCRIPTION, true);
    if (text === undefined) return undefined;
    return this.#attempt([...path, "retry"], () => (retryPolicy(text), text));
  }

  #timeout(table: Table, path: readonly string[]): number | undefined {
    const timeoutMs = this.#duration(table, "timeout", path);
    if (timeoutMs !== 0) return timeoutMs;
    this.#problem([...path, "timeout"], "nothing ends within no time; expected a time above 0, or none for any time");
    return undefined;
  }

  #duration(table: Table, member: string, path: readonly string[]): number | undefined {
    const text = this.#text(table, member, path, MAX_NAME);
    return text === undefined ? undefined : this.#attempt([...path, member], () => parseDuration(text, member));
  }

  #required(table: Table, member: string, path: readonly string[]): string {
    const text = this.#text(table, member, path, MAX_NAME);
    if (text !== undefined) return text;
    if (!(member in table)) this.#problem([...path, member], "is missing");
    return "";
  }

  #text(
    table: Table,
    member: string,
    path: readonly string[],
    most: number,
    mayHaveLines: boolean = false,
  ): string | undefined {
    const value = table[member];
    if (value === undefined) return undefined;
    const isText =
      typeof value === "string" &&
      value.trim() !== "" &&
      value.length <= most &&
      !/\p{Cc}/u.test(mayHaveLines ? value.replaceAll("\n", "") : value);
    if (isText) return value;
    const without = mayHaveLines ? "control characters" : "line breaks and other control characters";
    this.#problem([...path, member], `expected a text of 1 to ${most} characters without ${without}`);
    return undefined;
  }

  #table(value: unknown, path: readonly string[], members: readonly string[] | undefined): Table {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      this.#problem(path, value === undefined ? "is missing" : "expected a table");
      return {};
    }
    for (const member of Object.keys(value)) {
      if (members === undefined || members.includes(member)) continue;
      const nearest = nearestName(member, members);
      const hint = nearest === undefined ? `expected ${members.join(", ")}` : `did you mean "${nearest}"?`;
      this.#problem([...path, member], `there is no such member; ${hint}`);
    }
    return value as Table;
  }

  #attempt<T>(path: readonly string[], read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof XqbusError)) throw error;
      this.#problem(path, messageOf(error));
      return undefined;
    }
  }

  #problem(path: readonly string[], message: string): void {
    this.problems.push({ path, message });
  }
}
