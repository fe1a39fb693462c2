import { Option, type Command } from "commander";
import { readTextFile } from "../../../daemon/index.ts";
import { compileFilter, formatExplanation, type Explanation, type Filter } from "../../../filter/index.ts";
import type { Catalog } from "../../../schema/index.ts";
import { parseXml } from "../../../xml/index.ts";
import { EXIT } from "../../exit-code.ts";
import { Output } from "../../io.ts";
import { jsonOption, openCatalog, schemasOption, type CatalogOption } from "../../options.ts";
import { inputName, readInput } from "../../read-input.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddFilterCommand } from "../filter.ts";

interface ExplainOptions extends CatalogOption {
  readonly xquery?: string;
  readonly xpath?: string;
  readonly xpath1?: string;
  readonly defaultNamespace?: string;
  readonly ascii?: true;
  readonly json?: true;
}

export const addFilterExplain: AddFilterCommand = (filter, session) => {
  const command: Command = filter.command("explain");
  command
    .description("why a filter matches an event, or why not: its conditions with the values seen and wanted")
    .argument(
      "<file...>",
      "the event, an XML file or - for standard input; before it a file with the filter (XQuery), unless an option gives it",
    )
    .addOption(
      new Option(
        "--xquery <query>",
        "the filter in XQuery; the prefix e: is declared for the shipped event types",
      ).conflicts(["xpath", "xpath1"]),
    )
    .addOption(new Option("--xpath <path>", "the filter in XPath 3.1; the same prefix is declared").conflicts("xpath1"))
    .option("--xpath1 <path>", "the filter in XPath 1.0, as ActiveMQ and Artemis understand it")
    .option("--default-namespace <uri>", "namespace of unprefixed element names in the filter (default: none)")
    .addOption(new Option("--ascii", "marks of plain characters instead of ✓ and ✗"))
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus filter explain --xpath '/e:Event/e:PhoneStatus[e:Status = "busy"]' event.xml
  xqbus filter explain filter.xq event.xml --json
  cat event.xml | xqbus filter explain --xquery '//e:CallerId = "4711"' -

Values of fields that the catalog calls sensitive are not shown.
The exit code is 1 when the filter does not match or cannot be evaluated.`,
    )
    .action(async (files: readonly string[], options: ExplainOptions) => {
      const output = new Output(session.io, options.json === true);
      const { filterFile, eventFile } = filesOf(files, options, command);
      using catalog = await openCatalog(options, output);
      const compiled = await openFilter(filterFile, options, catalog);
      for (const warning of compiled.warnings) {
        output.warning(visibleText(`line ${warning.line}, column ${warning.column}: ${warning.message}`), {
          ...warning,
        });
      }
      const document = parseXml(await readInput(eventFile, session.io), { source: inputName(eventFile) });
      const explanation = compiled.explain(document);
      if (output.json) output.value(explanation);
      else show(explanation, options, output);
      if (!explanation.matches) session.exitCode = EXIT.failure;
    });
};

function filesOf(
  files: readonly string[],
  { xquery, xpath, xpath1 }: ExplainOptions,
  command: Command,
): { readonly filterFile: string | undefined; readonly eventFile: string } {
  const [first, second] = files;
  const hasFilter = xquery !== undefined || xpath !== undefined || xpath1 !== undefined;
  if (files.length === (hasFilter ? 1 : 2)) {
    return hasFilter ? { filterFile: undefined, eventFile: first! } : { filterFile: first, eventFile: second! };
  }
  return command.error(
    hasFilter
      ? "error: an option gives the filter, so that one file is expected, the event"
      : "error: give a filter with --xquery, --xpath, --xpath1 or as a file, and then the file of one event",
  );
}

async function openFilter(
  file: string | undefined,
  { xquery, xpath, xpath1, defaultNamespace }: ExplainOptions,
  catalog: Catalog,
): Promise<Filter> {
  const options = {
    catalog,
    // Why it never matches is what somebody may want to know.
    onCatalogProblem: "warning",
    language: xpath1 !== undefined ? "xpath1" : xpath === undefined ? "xquery" : "xpath",
    ...(defaultNamespace === undefined ? {} : { defaultElementNamespace: defaultNamespace }),
  } as const;
  return compileFilter(xquery ?? xpath ?? xpath1 ?? (await readTextFile(file!)), options);
}

function show(explanation: Explanation, { ascii }: ExplainOptions, output: Output): void {
  const [answer = "", ...lines] = visibleText(
    formatExplanation(explanation, { symbols: ascii === true ? "ascii" : "unicode" }),
  ).split("\n");
  output.line(output.style(explanation.matches ? "green" : "red", answer));
  for (const line of lines) output.line(line);
}
