import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WorkerPool } from "../../src/worker/index.ts";
import { moduleFolder, type ModuleFolder } from "./module-folder.ts";

let folder: ModuleFolder;
let pool: WorkerPool;

beforeAll(async () => {
  folder = moduleFolder({
    "good.mjs": "export const main = () => 'good';",
    "common.cjs": "const { part } = require('./part.cjs'); module.exports = { main: () => part };",
    "part.cjs": "exports.part = 'first';",
    "uses.mjs": "import { value } from './lib/value.mjs'; export const main = () => value;",
    "lib/value.mjs": "export const value = 1;",
    "syntax.mjs": "export const a = 1;\n\nexport function main( { return 1; }\n",
    "syntax.js": "export const a = 1;\n\nexport function main( { return 1; }\n",
    "nested.mjs": "import './syntax.mjs';\nexport const main = 1;\n",
    "syntax.cjs": "const a = 1;\nfunction main( { return 1; }\n",
    "name.mjs": "import { gone } from './good.mjs';\nexport const main = gone;\n",
    "import.mjs": "import './nothing.mjs';",
    "throws.mjs": "const a = 1;\nthrow new RangeError('at the top');\n",
    "value.mjs": "export const main = 1;",
    "empty.mjs": "",
    "package.mjs":
      "import { XqbusError } from 'xqbus'; export const main = () => new XqbusError('xqbus:internal', 'found').message;",
  });
  pool = await WorkerPool.open({ processes: 1 });
});
afterAll(async () => {
  await pool.close();
  folder[Symbol.dispose]();
});

const main = (name: string): Promise<unknown> => pool.call({ module: folder.path(name), export: "main" });

describe("a module", () => {
  it.each([
    ["syntax.mjs", "syntax.mjs cannot be loaded: syntax.mjs:3: SyntaxError: Unexpected number"],
    ["syntax.js", "syntax.js cannot be loaded: syntax.js:3: SyntaxError: Unexpected number"],
    ["nested.mjs", "nested.mjs cannot be loaded: syntax.mjs:3: SyntaxError: Unexpected number"],
    ["syntax.cjs", "syntax.cjs cannot be loaded: syntax.cjs:2: SyntaxError: Unexpected number"],
    [
      "name.mjs",
      "name.mjs cannot be loaded: name.mjs:1: SyntaxError: The requested module './good.mjs' does not provide an export named 'gone'",
    ],
    ["import.mjs", "import.mjs cannot be loaded: Error: Cannot find module 'nothing.mjs' imported from import.mjs"],
    ["throws.mjs", "throws.mjs cannot be loaded: throws.mjs:2: RangeError: at the top"],
    ["gone.mjs", "gone.mjs cannot be loaded: there is no such file"],
    ["value.mjs", '"main" of value.mjs is no function but number'],
    ["empty.mjs", 'empty.mjs has no export "main"; it has none'],
  ])("that is broken (%s) is refused with its place, and others work", async (name, message) => {
    const error = await main(name).catch((error: unknown) => error as Error & { readonly code: string });
    expect(error).toMatchObject({ code: "xqbus:invalid-module" });
    expect((error as Error).message.replaceAll(folder.path(""), "")).toBe(message);
    expect(await main("good.mjs")).toBe("good");
  });

  it("may be CommonJS, and may use this package", async () => {
    expect(await main("common.cjs")).toBe("first");
    expect(await main("package.mjs")).toBe("found");
  });

  it("may be TypeScript where Node.js reads it", async () => {
    folder.write({ "typed.ts": "export function main(): number { const a: number = 3; return a; }" });
    const { typescript } = process.features as { readonly typescript?: unknown };
    if (typescript === "strip") expect(await main("typed.ts")).toBe(3);
    else await expect(main("typed.ts")).rejects.toThrow(/typed\.ts is TypeScript, which needs Node 22\.18 or newer/);
  });

  it.each([
    ["itself", "good.mjs", "good.mjs", "export const main = () => 'changed';", "changed"],
    ["what it imports", "uses.mjs", "lib/value.mjs", "export const value = 22;", 22],
    ["what it requires", "common.cjs", "part.cjs", "exports.part = 'second';", "second"],
  ])("is loaded anew when %s has changed", async (_, name, file, text, result) => {
    await main(name);
    const { started } = pool.counts;
    await main(name);
    expect(pool.counts.started).toBe(started);
    folder.write({ [file]: text });
    expect(await main(name)).toBe(result);
    expect(pool.counts.started).toBe(started + 1);
  });

  it("that a change has broken says so until it is mended", async () => {
    folder.write({ "edited.mjs": "export const main = () => 1;" });
    expect(await main("edited.mjs")).toBe(1);
    folder.write({ "edited.mjs": "export const main = () => ;" });
    await expect(main("edited.mjs")).rejects.toThrow(/edited\.mjs:1: SyntaxError: Unexpected token ';'/);
    await expect(main("edited.mjs")).rejects.toThrow(/edited\.mjs:1: SyntaxError/);
    folder.write({ "edited.mjs": "export const main = () => 'mended';" });
    expect(await main("edited.mjs")).toBe("mended");
  });
});
