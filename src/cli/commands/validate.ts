import { XqbusError } from "../../errors.ts";
import { formatProblem } from "../../schema/index.ts";
import type { Catalog, ValidationProblem } from "../../schema/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { problemsInCommandWords } from "../command-words.ts";
import { EXIT } from "../exit-code.ts";
import { Output } from "../io.ts";
import { jsonOption, openCatalog, schemasOption } from "../options.ts";
import type { CatalogOption } from "../options.ts";
import { inputName, readInput } from "../read-input.ts";
import { errorToJson, reportError } from "../report-error.ts";
import { visibleText } from "../visible-text.ts";

type ValidateOptions = CatalogOption & { readonly json?: true };

/** What came out for one file; `error` when it could not be read. */
interface Result {
  readonly file: string;
  readonly valid: boolean;
  readonly problems: readonly ValidationProblem[];
  readonly error?: XqbusError;
}

export const addValidate: AddCommand = (program, session) => {
  program
    .command("validate")
    .description("check event documents against the catalog; every problem with file, line and what would be right")
    .argument("<file...>", "XML files, or - for standard input")
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus validate event.xml
  xqbus validate --json outbox/*.xml
  cat event.xml | xqbus validate -

The exit code is 1 when a file is not valid or cannot be read.`,
    )
    .action(async (files: readonly string[], options: ValidateOptions) => validate(files, options, session));
};

async function validate(files: readonly string[], options: ValidateOptions, session: Session): Promise<void> {
  const output = new Output(session.io, options.json === true);
  using catalog = await openCatalog(options, output);
  const results: Result[] = [];
  for (const file of files) {
    const result = await check(file, catalog, session);
    results.push(result);
    if (!output.json) show(result, output, session);
  }
  const invalid = results.filter((result) => !result.valid).length;
  if (invalid > 0) session.exitCode = EXIT.failure;
  if (output.json) {
    output.value(
      results.map(({ error, ...rest }) => (error === undefined ? rest : { ...rest, error: errorToJson(error) })),
    );
  } else if (files.length > 1) {
    output.line(`${files.length - invalid} valid, ${invalid} not valid`);
  }
}

/** One file that cannot be read does not keep the others from being checked. */
async function check(file: string, catalog: Catalog, session: Session): Promise<Result> {
  try {
    const problems = problemsInCommandWords(catalog.validate(await readInput(file, session.io)));
    return { file, valid: problems.length === 0, problems };
  } catch (error) {
    if (!(error instanceof XqbusError) || error.code === "xqbus:aborted") throw error;
    return { file, valid: false, problems: [], error };
  }
}

function show({ file, valid, problems, error }: Result, output: Output, session: Session): void {
  const name = inputName(file);
  if (valid) output.line(`${name}: ${output.style("green", "valid")}`);
  for (const problem of problems) output.line(output.style("red", visibleText(formatProblem(problem, name))));
  if (error !== undefined) reportError(error, session.io, false);
}
