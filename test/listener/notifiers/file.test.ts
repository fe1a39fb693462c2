import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Notifier } from "../../../src/listener/index.ts";
import { fileNotifier, type FileConfig } from "../../../src/listener/notifiers/file.ts";
import { parseXml } from "../../../src/xml/index.ts";
import { afterTest, contextOf, login, noEnd, notificationOf, SECRET_VALUE } from "./fixtures.ts";
import { notifierSuite } from "./notifier-suite.ts";

const PATH_RULE =
  'field path of the file listener must be names of letters, digits, "_", "-", "." and spaces with "/" between, none of which begins with "."';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-file-"));
  afterTest(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function notifier(folder: string, config: FileConfig): Promise<Notifier> {
  const context = await contextOf({ fileFolder: folder });
  const opened = await fileNotifier.open(fileNotifier.check({ ...config }, context), context);
  afterTest(() => opened.close());
  return opened;
}

function lines(path: string): readonly unknown[] {
  const text = readFileSync(path, "utf8");
  if (text === "") return [];
  expect(text.endsWith("\n")).toBe(true);
  return text.slice(0, -1).split("\n").map((line) => JSON.parse(line) as unknown); // prettier-ignore
}

/** Files of this process that are open below a folder, where the system tells it. */
function openBelow(folder: string): number {
  if (!existsSync("/proc/self/fd")) return 0;
  const paths = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return paths.filter((path) => path.startsWith(folder)).length;
}

notifierSuite(fileNotifier, {
  start: () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-file-"));
    const path = join(folder, "events.ndjson");
    return Promise.resolve({
      config: { path: "events.ndjson" },
      settings: { fileFolder: folder },
      told: () =>
        existsSync(path)
          ? lines(path).map((line) => ({ text: JSON.stringify(line), isTest: (line as { test?: true }).test === true }))
          : [],
      fail: (isFailing) => {
        if (isFailing) {
          renameSync(path, `${path}.aside`);
          mkdirSync(path);
        } else {
          rmSync(path, { recursive: true });
          renameSync(`${path}.aside`, path);
        }
      },
      held: () => openBelow(folder),
      stop: () => rmSync(folder, { recursive: true }),
    });
  },
  masked: { mask: true },
  bad: [
    ...["/etc/passwd", "../up", "a/../../b", "a//b", "a/", "~/x", ".hidden", "a/.ssh/x", "a\\b", "nul\u0000", "ä"].map(
      (path): [Record<string, unknown>, string] => [{ path }, `${PATH_RULE}, got ${JSON.stringify(path)}`],
    ),
    ...["e.1", "a.d/events.ndjson.07"].map(
      (path): [Record<string, unknown>, string] => [
        { path },
        `field path of the file listener must not end with a number behind a "."; files that are full are called so, got "${path}"`,
      ],
    ),
    [{ maxBytes: 10 }, "field maxBytes of the file listener must be a whole number from 1024 to 1099511627776, got 10"],
    [{ maxFiles: 0 }, "field maxFiles of the file listener must be a whole number from 1 to 1000, got 0"],
    [{ maxFiles: 1.5 }, "field maxFiles of the file listener must be a whole number from 1 to 1000, got 1.5"],
    [{ format: "csv" }, 'field format of the file listener must be one of json, xml, got "csv"'],
  ],
}); // prettier-ignore

describe("a file of events", () => {
  it("has a line of JSON for each", async () => {
    const folder = newFolder();
    const opened = await notifier(folder, { path: "deep/down/events.ndjson", fsync: true });
    await opened.notify(notificationOf("rosa"), noEnd());
    await opened.notify(notificationOf("karl", { isTest: true }), noEnd());
    const time = "2026-01-02T03:04:05.678Z";
    expect(lines(join(folder, "deep/down/events.ndjson"))).toEqual([
      { id: "id-rosa", time, event_type: "user.login", payload: { User: "rosa", Password: SECRET_VALUE } },
      { id: "id-karl", time, event_type: "user.login", payload: { User: "karl", Password: SECRET_VALUE }, test: true },
    ]);
    expect(statSync(join(folder, "deep/down/events.ndjson")).mode & 0o007).toBe(0);
  });

  it("has XML documents one behind the other, each well-formed", async () => {
    const folder = newFolder();
    const opened = await notifier(folder, { path: "events.xml", format: "xml" });
    await opened.notify(notificationOf("rosa", { id: 'a?>"' }), noEnd());
    await opened.notify(notificationOf("karl", { isTest: true }), noEnd());
    const text = readFileSync(join(folder, "events.xml"), "utf8");
    const documents = text.split(/^(?=<\?xqbus)/mu);
    expect(documents).toEqual([
      `<?xqbus id="a?&gt;%22" time="2026-01-02T03:04:05.678Z" event_type="user.login"?>\n${bare("rosa")}\n`,
      `<?xqbus id="id-karl" time="2026-01-02T03:04:05.678Z" event_type="user.login" test="true"?>\n${bare("karl")}\n`,
    ]);
    for (const document of documents) expect(parseXml(document).documentElement.localName).toBe("Event");
  });

  it("becomes the next one when it is full, and the oldest goes", async () => {
    const folder = newFolder();
    const opened = await notifier(folder, { path: "e.ndjson", maxBytes: 1_024, maxFiles: 3 });
    for (let n = 10; n < 40; n++) await opened.notify(notificationOf(`${n}`), noEnd());
    const names = readdirSync(folder).sort();
    expect(names).toEqual(["e.ndjson", "e.ndjson.1", "e.ndjson.2"]);
    const users = ["e.ndjson.2", "e.ndjson.1", "e.ndjson"].flatMap((name) => {
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1_024);
      return lines(join(folder, name)).map((line) => Number((line as { id: string }).id.slice(3)));
    });
    expect(users).toEqual(Array.from({ length: users.length }, (_, n) => 40 - users.length + n));
  });

  it("may be the only one", async () => {
    const folder = newFolder();
    const opened = await notifier(folder, { path: "e", maxBytes: 1_024, maxFiles: 1 });
    for (let n = 10; n < 40; n++) await opened.notify(notificationOf(`${n}`), noEnd());
    expect(readdirSync(folder)).toEqual(["e"]);
    expect(lines(join(folder, "e")).at(-1)).toMatchObject({ id: "id-39" });
  });

  it("may have one event that is larger than a file should be", async () => {
    const folder = newFolder();
    const opened = await notifier(folder, { path: "e", maxBytes: 1_024 });
    for (const user of ["a".repeat(5_000), "b"]) await opened.notify(notificationOf(user), noEnd());
    expect(readdirSync(folder).sort()).toEqual(["e", "e.1"]);
  });

  it("goes on where it ended", async () => {
    const folder = newFolder();
    for (const user of ["a", "b"]) {
      const opened = await notifier(folder, { path: "e" });
      await opened.notify(notificationOf(user), noEnd());
      await opened.close();
    }
    expect(lines(join(folder, "e"))).toMatchObject([{ id: "id-a" }, { id: "id-b" }]);
  });

  it("goes on with a new line behind one that was cut off", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "e"), '{"id":"cut o');
    await (await notifier(folder, { path: "e" })).notify(notificationOf("b"), noEnd());
    const [first, second] = readFileSync(join(folder, "e"), "utf8").split("\n");
    expect(first).toBe('{"id":"cut o');
    expect(JSON.parse(second ?? "")).toMatchObject({ id: "id-b" });
  });

  it("has nothing of a record that did not fit on the disk, and takes the next", () => {
    const folder = newFolder();
    const module = join(import.meta.dirname, "../../../dist/listener/notifiers/file/log-file.js");
    const script = `
      const { LogFile } = await import(${JSON.stringify(module)});
      const file = await LogFile.open(${JSON.stringify(folder)}, "e", { maxBytes: 2 ** 30, maxFiles: 2, fsync: true });
      const told = ["first", "x".repeat(1_000_000), "last"].map((text) =>
        file.append(Buffer.from(JSON.stringify({ id: text }) + "\\n")).catch(({ code }) => console.log(code)));
      await Promise.all(told);
      await file.close();`;
    const limited = `trap '' XFSZ; ulimit -f 8; exec ${JSON.stringify(process.execPath)} --input-type=module -e "$SCRIPT"`;
    const other = spawnSync("sh", ["-c", limited], { encoding: "utf8", env: { SCRIPT: script } });
    expect(other).toMatchObject({ stdout: "EFBIG\n", stderr: "" });
    expect(lines(join(folder, "e"))).toEqual([{ id: "first" }, { id: "last" }]);
  });

  it("loses nothing and stays within its size however many records come at once", async () => {
    const folder = newFolder();
    const opened = await notifier(folder, { path: "e", maxBytes: 1_024, maxFiles: 100 });
    const users = Array.from({ length: 60 }, (_, n) => `user-${n}`);
    await Promise.all(users.map((user) => opened.notify(notificationOf(user), noEnd())));
    const files = readdirSync(folder).map((name) => join(folder, name));
    expect(Math.max(...files.map((file) => statSync(file).size))).toBeLessThanOrEqual(1_024);
    const told = files.flatMap((file) => lines(file).map((line) => (line as { id: string }).id));
    expect(told.sort()).toEqual(users.map((user) => `id-${user}`).sort());
  });

  it("may be emptied by somebody, and is filled anew", async () => {
    const folder = newFolder();
    const opened = await notifier(folder, { path: "e", maxBytes: 1_024 });
    await opened.notify(notificationOf("a".repeat(600)), noEnd());
    truncateSync(join(folder, "e"));
    await opened.notify(notificationOf("b".repeat(600)), noEnd());
    expect(readdirSync(folder)).toEqual(["e"]);
    expect(lines(join(folder, "e"))).toHaveLength(1);
  });

  it("is made again when somebody has moved it", async () => {
    const folder = newFolder();
    const opened = await notifier(folder, { path: "e" });
    await opened.notify(notificationOf("a"), noEnd());
    renameSync(join(folder, "e"), join(folder, "moved"));
    await opened.notify(notificationOf("b"), noEnd());
    expect([lines(join(folder, "moved")), lines(join(folder, "e"))]).toMatchObject([
      [{ id: "id-a" }],
      [{ id: "id-b" }],
    ]);
  });

  it("has one writer for all listeners that name it in the same way, until the last one ends", async () => {
    const folder = newFolder();
    const [one, two] = [await notifier(folder, { path: "e" }), await notifier(folder, { path: "e" })];
    const users = Array.from({ length: 50 }, (_, n) => `${n}`);
    await Promise.all(users.map((user, n) => (n % 2 === 0 ? one : two).notify(notificationOf(user), noEnd())));
    expect(lines(join(folder, "e"))).toHaveLength(50);
    await one.close();
    await two.notify(notificationOf("last"), noEnd());
    expect(lines(join(folder, "e")).at(-1)).toMatchObject({ id: "id-last" });
    await expect(notifier(folder, { path: "e", maxFiles: 2 })).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: "another listener writes the file e with other values of maxBytes, maxFiles or fsync",
    });
    await two.close();
    await (await notifier(folder, { path: "e", maxFiles: 2 })).notify(notificationOf("new"), noEnd());
  });
});

describe("a file listener cannot write", () => {
  it("outside of its folder by a symbolic link", async () => {
    const [folder, outside] = [newFolder(), newFolder()];
    symlinkSync(outside, join(folder, "way-out"));
    writeFileSync(join(outside, "target"), "as it was");
    symlinkSync(join(outside, "target"), join(folder, "link"));
    for (const [path, what] of [
      ["way-out/e", join(folder, "way-out")],
      ["link", join(folder, "link")],
    ] as const) {
      await expect(notifier(folder, { path })).rejects.toMatchObject({
        code: "xqbus:illegal-argument",
        message: `${what} is a symbolic link; a file listener follows none`,
      });
    }
    expect(readdirSync(outside)).toEqual(["target"]);
    expect(readFileSync(join(outside, "target"), "utf8")).toBe("as it was");
  });

  it("by a link that takes the file's place later", async () => {
    const [folder, outside] = [newFolder(), newFolder()];
    const opened = await notifier(folder, { path: "e" });
    await opened.notify(notificationOf("a"), noEnd());
    writeFileSync(join(outside, "target"), "as it was");
    rmSync(join(folder, "e"));
    symlinkSync(join(outside, "target"), join(folder, "e"));
    await expect(opened.notify(notificationOf("b"), noEnd())).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
    expect(readFileSync(join(outside, "target"), "utf8")).toBe("as it was");
  });

  it("into what is no file", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "folder"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    writeFileSync(join(folder, "file"), "");
    await expect(notifier(folder, { path: "folder" })).rejects.toMatchObject({ code: "EISDIR" });
    await expect(notifier(folder, { path: "file/e" })).rejects.toThrow(`${join(folder, "file")} is no folder`);
    await expect(notifier(folder, { path: "pipe" })).rejects.toThrow(`${join(folder, "pipe")} is no file`);
  });

  it("where the settings name no folder", async () => {
    const context = await contextOf();
    expect(() => fileNotifier.check({ path: "e" }, context)).toThrow(
      "a file listener needs a folder that it may write into: file_folder in [listener] of the configuration",
    );
  });
});

/** The document of a login without its declaration. */
function bare(user: string): string {
  return login(user).toString().split("\n").slice(1).join("\n");
}
