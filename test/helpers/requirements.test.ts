import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Environment, Requirement, Surroundings } from "./requirements.ts";
import { describeWith, findJava, hasJava, hasMaven, hasOpenssl, requirement, sharedFolder } from "./requirements.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-requirements-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A program that prints the text and ends with the status. */
function program(path: string, text: string, status = 0): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho '${text}'\nexit ${status}\n`);
  chmodSync(file, 0o755);
}

describe("the shared folder", () => {
  it("is the one that XQBUS_SHARED names", () => {
    expect(sharedFolder({ XQBUS_SHARED: folder })).toBe(folder);
  });

  it("is missing when XQBUS_SHARED names nothing that exists, or a file", () => {
    writeFileSync(join(folder, "file"), "");
    expect(sharedFolder({ XQBUS_SHARED: join(folder, "nothing") })).toBeUndefined();
    expect(sharedFolder({ XQBUS_SHARED: join(folder, "file") })).toBeUndefined();
  });

  it("is the neighbour of the checkout, wherever the test was started", () => {
    const neighbour = resolve(import.meta.dirname, "../../../shared");
    expect([neighbour, undefined]).toContain(sharedFolder({}));
    expect(sharedFolder({ XQBUS_SHARED: "" })).toBe(sharedFolder({}));
  });
});

describe("Java", () => {
  const rows: readonly { title: string; java?: string; javac?: string; status?: number; found: boolean }[] = [
    { title: "17", java: 'openjdk version "17.0.15" 2025-04-15', javac: "javac 17.0.15", found: true },
    { title: "21 without a minor version", java: 'openjdk version "21" 2023-09-19', javac: "javac 21", found: true },
    { title: "8, which calls itself 1.8", java: 'java version "1.8.0_402"', javac: "javac 1.8.0_402", found: false },
    { title: "11", java: 'openjdk version "11.0.2"', javac: "javac 11.0.2", found: false },
    { title: "17 with the compiler of 11", java: 'openjdk version "17.0.1"', javac: "javac 11.0.2", found: false },
    { title: "17 without a compiler", java: 'openjdk version "17.0.15"', found: false },
    { title: "one that does not run", java: 'version "17"', javac: "javac 17", status: 1, found: false },
    { title: "none", found: false },
  ];

  it.each(rows)("$title on PATH: found is $found", ({ java, javac, status, found }) => {
    if (java !== undefined) program("bin/java", java, status);
    if (javac !== undefined) program("bin/javac", javac);
    expect(hasJava({ PATH: join(folder, "bin") })).toBe(found);
  });

  it("of JAVA_HOME comes before that of PATH", () => {
    for (const home of ["home", "path"]) {
      program(`${home}/bin/java`, 'version "17.0.1"');
      program(`${home}/bin/javac`, "javac 17.0.1");
    }
    expect(findJava({ JAVA_HOME: join(folder, "home"), PATH: join(folder, "path/bin") })).toEqual({
      java: join(folder, "home/bin/java"),
      javac: join(folder, "home/bin/javac"),
    });
  });

  it("of PATH is taken when that of JAVA_HOME is too old", () => {
    program("home/bin/java", 'version "11.0.2"');
    program("home/bin/javac", "javac 11.0.2");
    program("path/bin/java", 'version "17.0.1"');
    program("path/bin/javac", "javac 17.0.1");
    const found = findJava({ JAVA_HOME: join(folder, "home"), PATH: join(folder, "path/bin") });
    expect(found?.java).toBe(join(folder, "path/bin/java"));
  });
});

describe("a tool", () => {
  const tools: readonly [name: string, probe: (env: Environment) => boolean][] = [
    ["mvn", hasMaven],
    ["openssl", hasOpenssl],
  ];

  it.each(tools)("%s is there when it runs", (name, probe) => {
    program(`good/${name}`, "fine");
    program(`broken/${name}`, "not fine", 1);
    expect([
      probe({ PATH: join(folder, "good") }),
      probe({ PATH: join(folder, "broken") }),
      probe({ PATH: folder }),
    ]).toEqual([true, false, false]);
  });
});

describe("a suite with requirements", () => {
  const there: Requirement = requirement("good things", () => undefined);
  const noJava: Requirement = requirement("real brokers", () => "Java 17 was not found (install a JDK)");
  const noData: Requirement = requirement("shared data", () => "no folder (set XQBUS_SHARED)");
  const javaLine = "skipped: real brokers — Java 17 was not found (install a JDK)";
  const dataLine = "skipped: shared data — no folder (set XQBUS_SHARED)";

  /** What describeWith did, in order; the body of a suite writes "the body ran", a test that throws leaves its message. */
  function happenings(requirements: readonly Requirement[], env: Environment): readonly string[] {
    const seen: string[] = [];
    const suite =
      (kind: string) =>
      (title: string, body: () => void): void => {
        seen.push(`${kind} ${title}`);
        body();
      };
    const surroundings: Surroundings = {
      describe: Object.assign(suite("describe"), { skip: suite("describe.skip") }),
      it: (title, test) => {
        seen.push(`it ${title}`);
        try {
          test();
        } catch (error) {
          seen.push(`fails with ${(error as Error).message}`);
        }
      },
      env,
      report: (line) => seen.push(`stderr ${line}`),
    };
    describeWith(requirements, "speaks to a broker", () => seen.push("the body ran"), surroundings);
    return seen;
  }

  const all = { XQBUS_REQUIRE_ALL: "1" };
  const rows: readonly {
    title: string;
    needs: readonly Requirement[];
    env: Environment;
    expected: readonly string[];
  }[] = [
    { title: "runs without any", needs: [], env: {}, expected: ["describe speaks to a broker", "the body ran"] },
    {
      title: "runs when they are there",
      needs: [there],
      env: all,
      expected: ["describe speaks to a broker", "the body ran"],
    },
    {
      title: "is skipped with a line for each that is missing",
      needs: [noJava, there, noData],
      env: {},
      expected: [
        `stderr ${javaLine}`,
        `stderr ${dataLine}`,
        "describe.skip speaks to a broker",
        `it ${javaLine}; ${dataLine}`,
      ],
    },
    {
      title: "fails when the machine must have everything",
      needs: [noJava, there, noData],
      env: all,
      expected: ["describe speaks to a broker", "it has everything it needs", `fails with ${javaLine}\n${dataLine}`],
    },
    {
      title: "is skipped when XQBUS_REQUIRE_ALL is not 1",
      needs: [noJava],
      env: { XQBUS_REQUIRE_ALL: "0" },
      expected: [`stderr ${javaLine}`, "describe.skip speaks to a broker", `it ${javaLine}`],
    },
  ];

  it.each(rows)("$title", ({ needs, env, expected }) => {
    expect(happenings(needs, env)).toEqual(expected);
  });

  it("asks for the same thing only once per process", () => {
    let asked = 0;
    const counted = requirement("counted", () => {
      asked++;
      return undefined;
    });
    happenings([counted], {});
    happenings([counted], {});
    expect(asked).toBe(1);
  });
});
