import { formatProblem } from "../../schema/index.ts";
import type { ValidationProblem } from "../../schema/index.ts";
import { EXIT } from "../exit-code.ts";
import { Output } from "../io.ts";
import { jsonOption, openCatalog, schemasOption } from "../options.ts";
import type { CatalogOption } from "../options.ts";
import { readInput } from "../read-input.ts";
import type { AddCommand } from "../command.ts";

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
  cat event.xml | xqbus validate -`,
    )
    .action(async (files: readonly string[], options: CatalogOption & { readonly json?: true }) => {
      const output = new Output(session.io, options.json === true);
      const results: { file: string; valid: boolean; problems: readonly ValidationProblem[] }[] = [];
      using catalog = await openCatalog(options, output);
      for (const file of files) {
        const problems = catalog.validate(await readInput(file, session.io));
        results.push({ file, valid: problems.length === 0, problems });
        if (output.json) continue;
        if (problems.length === 0) output.line(`${file}: ${output.style("green", "valid")}`);
        for (const problem of problems) output.line(output.style("red", formatProblem(problem, file)));
      }
      const invalid = results.filter((result) => !result.valid).length;
      if (output.json) output.value(results);
      else if (files.length > 1) output.line(`${files.length - invalid} valid, ${invalid} invalid`);
      if (invalid > 0) session.exitCode = EXIT.failure;
    });
};
