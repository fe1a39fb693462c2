import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder with files of code, which ends with the test. */
export interface ModuleFolder extends Disposable {
  /** The path of a file in it. */
  path(name: string): string;
  /** Writes files, those that are there anew. */
  write(files: Readonly<Record<string, string>>): void;
}

/** Makes a folder with these files. */
export function moduleFolder(files: Readonly<Record<string, string>>): ModuleFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "xqbus-code-")));
  const folder: ModuleFolder = {
    path: (name) => join(root, name === "" ? "/" : name),
    write: (more) => {
      for (const [name, text] of Object.entries(more)) {
        mkdirSync(dirname(join(root, name)), { recursive: true });
        writeFileSync(join(root, name), text);
      }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
  folder.write(files);
  return folder;
}
