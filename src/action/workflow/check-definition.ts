import { nearestName } from "../../nearest-name.ts";
import { INPUT, type WorkflowDefinition, type WorkflowInput } from "./definition.ts";
import { ancestorsOf, cycleAmong, graphOf, inOrder, type WorkflowGraph } from "./graph.ts";
import { checkQuery, type DefinitionText } from "./query-place.ts";
import { DefinitionReader } from "./read-definition.ts";
import { InvalidWorkflowError, type WorkflowProblem } from "./workflow-problem.ts";

/** What a definition is checked with. */
export interface CheckOptions {
  /** What it is called in messages, the name of its file. Default `workflow`. */
  readonly source?: string;
  /** The text that it was read from, for places. */
  readonly text?: DefinitionText;
  /** Names and ids of the actions that there are. Left out: not checked. */
  readonly actions?: readonly string[];
}

/**
 * Checks the definition of a workflow as a whole: its members, that the steps and actions that it names are there, that no step waits for
 * itself, that queries compile.
 *
 * @throws InvalidWorkflowError with everything that is wrong
 */
export function checkWorkflow(value: unknown, options: CheckOptions = {}): WorkflowDefinition {
  const reader = new DefinitionReader();
  const read = reader.read(value);
  const graph = graphOf(read);
  const { steps, stuck } = inOrder(read);
  const problems: readonly WorkflowProblem[] = [
    ...reader.problems,
    ...actionProblems(read, options.actions),
    ...nameProblems(read, graph),
    ...orderProblems(graph, stuck),
    ...queryProblems(read, options.text),
  ];
  if (problems.length > 0) throw new InvalidWorkflowError(options.source ?? "workflow", placed(problems, options.text));
  return { ...read, steps };
}

/** A workflow as a value of a module; it is checked when it is registered. */
export function defineWorkflow(workflow: WorkflowInput): WorkflowInput {
  return workflow;
}

function actionProblems(
  { steps }: WorkflowDefinition,
  actions: readonly string[] | undefined,
): readonly WorkflowProblem[] {
  if (actions === undefined) return [];
  return steps.flatMap(({ name, action }) => {
    if (action === undefined || actions.includes(action)) return [];
    return [{ path: ["steps", name, "action"], message: `there is no action "${action}"${hint(action, actions)}` }];
  });
}

function nameProblems({ steps }: WorkflowDefinition, graph: WorkflowGraph): readonly WorkflowProblem[] {
  const names = steps.map(({ name }) => name);
  return steps.flatMap(({ name, after, when, input, onFailure }) => {
    const path = (member: string): readonly string[] => ["steps", name, member];
    const missing = (member: string, other: string): readonly WorkflowProblem[] =>
      names.includes(other)
        ? []
        : [{ path: path(member), message: `there is no step "${other}"${hint(other, names)}` }];
    const read = (member: string, other: string): readonly WorkflowProblem[] => {
      if (other === INPUT || ancestorsOf(graph, name).has(other))
        return missing(member, other === INPUT ? name : other);
      if (!names.includes(other)) return missing(member, other);
      return [{ path: path(member), message: `"${other}" is not before "${name}"; add it to after` }];
    };
    const takesOver = graph.failuresTo(name);
    return [
      ...after.flatMap((other) => missing("after", other)),
      ...(when === undefined ? [] : read("when", when.of)),
      ...(input.kind === "input" ? [] : read("input", input.kind === "step" ? input.step : input.of)),
      ...(onFailure.kind === "step" ? missing("on_failure", onFailure.step) : []),
      ...(takesOver.length > 0 && after.length > 0
        ? [
            {
              path: path("after"),
              message: `"${name}" is for the failure of "${takesOver[0]?.name}" and comes after nothing else`,
            },
          ]
        : []),
    ];
  });
}

function orderProblems(graph: WorkflowGraph, stuck: WorkflowDefinition["steps"]): readonly WorkflowProblem[] {
  const cycle = cycleAmong(graph, stuck);
  if (cycle === undefined) return [];
  const within = stuck.filter(({ name }) => cycle.includes(name) || ancestorsOf(graph, name).has(name));
  const behind = stuck.filter((step) => !within.includes(step));
  const [first = ""] = cycle;
  return [
    { path: ["steps", first], message: `the steps wait for each other: ${cycle.join(" → ")}` },
    ...behind.map(({ name }) => ({ path: ["steps", name], message: `can never begin: it comes after such steps` })),
  ];
}

function queryProblems({ steps }: WorkflowDefinition, text: DefinitionText | undefined): readonly WorkflowProblem[] {
  return steps.flatMap(({ name, when, input }) => [
    ...(when === undefined ? [] : checkQuery(["steps", name, "when"], when.xquery, text)),
    ...(input.kind === "query" ? checkQuery(["steps", name, "input"], input.xquery, text) : []),
  ]);
}

function placed(problems: readonly WorkflowProblem[], text: DefinitionText | undefined): readonly WorkflowProblem[] {
  const lines = text?.linesOf(problems.map(({ path }) => path)) ?? [];
  return problems.map((problem, index) => {
    const line = problem.line ?? lines[index];
    return line === undefined ? problem : { ...problem, line };
  });
}

function hint(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
}
