import { join } from "node:path";
import ts from "typescript";

/** Where the invented files stand: beside this one, so that they find the sources. */
const FOLDER = import.meta.dirname;

/** Files of the compiler and the sources, which are the same each time. */
const parsedFiles = new Map<string, ts.SourceFile | undefined>();

/**
 * What the TypeScript compiler says of modules that exist in memory only, one line each.
 *
 * @param files by name, in the folder of this file
 */
export function compilerProblems(
  files: Readonly<Record<string, string>>,
  options: ts.CompilerOptions = {},
): readonly string[] {
  const texts = new Map(Object.entries(files).map(([name, text]) => [join(FOLDER, name), text]));
  const settings: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    module: ts.ModuleKind.Node20,
    types: ["node"],
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    ...options,
  };
  const disk = ts.createCompilerHost(settings);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => texts.has(file) || disk.fileExists(file),
    readFile: (file) => texts.get(file) ?? disk.readFile(file),
    getSourceFile: (file, languageVersion, ...rest) => {
      const text = texts.get(file);
      if (text !== undefined) return ts.createSourceFile(file, text, languageVersion, true);
      const parsed = parsedFiles.get(file) ?? disk.getSourceFile(file, languageVersion, ...rest);
      parsedFiles.set(file, parsed);
      return parsed;
    },
  };
  const program = ts.createProgram({ rootNames: [...texts.keys()], options: settings, host });
  const diagnostics = program
    .getSourceFiles()
    .filter(({ fileName }) => texts.has(fileName))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]);
  return [...program.getOptionsDiagnostics(), ...diagnostics].map(({ file, start, messageText }) => {
    const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    const name = file?.fileName.slice(FOLDER.length + 1) ?? "";
    return `${name}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}
