import type { Command } from "commander";
import { Option } from "commander";
import { compileFilter, FilterError } from "../../../filter/index.ts";
import type { FilterCheck, FilterLanguage } from "../../../filter/index.ts";
import type { Catalog } from "../../../schema/index.ts";
import { EXIT } from "../../exit-code.ts";
import { excerptLines, problemLine, type ShownProblem } from "../../filter-problem-lines.ts";
import { Output } from "../../io.ts";
import { jsonOption, openCatalog, schemasOption } from "../../options.ts";
import type { CatalogOption } from "../../options.ts";
import { readFilter, type FilterTexts } from "../../read-filter.ts";
import type { AddFilterCommand } from "../filter.ts";

type CheckOptions = CatalogOption &
  FilterTexts & {
    readonly defaultNamespace?: string;
    readonly json?: true;
  };

/** What the command says; `canMatch` is false for a filter that does not compile, too. */
type Report = Pick<FilterCheck, "canMatch" | "eventTypes"> & {
  readonly problems: readonly (ShownProblem & { readonly severity: "error" | "warning" })[];
};

export const addFilterCheck: AddFilterCommand = (filter, session) => {
  const command: Command = filter
    .command("check")
    .description("whether a filter compiles, which event types it can match, and what no event can fulfil")
    .argument("[file]", "file with a filter in XQuery, or - for standard input")
    .addOption(new Option("--xquery <query>", "XQuery 3.1"))
    .addOption(new Option("--xpath <path>", "XPath 3.1; the prefix e: is declared for the shipped event types"))
    .option("--xpath1 <path>", "XPath 1.0; only whether it compiles is checked")
    .option("--default-namespace <uri>", "namespace of unprefixed element names in the filter (default: none)")
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus filter check --xquery '/e:Event/e:PhoneStatus[e:Status = "busy"]'
  xqbus filter check --xpath '//e:Status' --schemas ./my-schemas
  xqbus filter check busy-phones.xq --json

The exit code is 1 when the filter does not compile or can never match. What is wrong in one part of a filter that can
match is a warning.`,
    );
  command.action(async (file: string | undefined, options: CheckOptions) => {
    const given = [file, options.xquery, options.xpath, options.xpath1].filter((each) => each !== undefined);
    if (given.length !== 1) command.error("error: give one filter: --xquery, --xpath, --xpath1 or a file");
    const [text, language] = await readFilter(file, options, session);
    const output = new Output(session.io, options.json === true);
    using catalog = await openCatalog(options, output);
    const report = check(text, language, options, catalog);
    if (!report.canMatch) session.exitCode = EXIT.failure;
    if (output.json) output.value(report);
    else show(report, output);
  });
};

function check(text: string, language: FilterLanguage, { defaultNamespace }: CheckOptions, catalog: Catalog): Report {
  try {
    const { eventTypes, warnings } = compileFilter(text, {
      language,
      catalog,
      ...(defaultNamespace === undefined ? {} : { defaultElementNamespace: defaultNamespace }),
    });
    return { canMatch: true, eventTypes, problems: warnings };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    if (error.problems.length > 0) return { canMatch: false, eventTypes: [], problems: error.problems };
    const { code, reason: message, line = 1, column = 1, excerpt } = error;
    return { canMatch: false, eventTypes: [], problems: [{ code, severity: "error", message, line, column, excerpt }] };
  }
}

function show({ canMatch, eventTypes, problems }: Report, output: Output): void {
  for (const problem of problems) {
    const colour = problem.severity === "error" ? "red" : "yellow";
    output.line(`${output.style(colour, problem.severity)} ${problemLine(problem)}`);
    for (const line of excerptLines(problem)) output.line(line);
  }
  if (!canMatch) return;
  const types = eventTypes === "all" ? "every type" : `type ${eventTypes.join(", ")}`;
  output.line(`${output.style("green", "ok")}: can match events of ${types}`);
}
