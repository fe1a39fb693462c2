import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run, Running } from "./harness.ts";

let root: string;
let folder: string;
let file: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "xqbus-user-"));
});

beforeEach(() => {
  folder = mkdtempSync(join(root, "bus-"));
  file = join(folder, "users.json");
});

afterAll(() => rmSync(root, { recursive: true }));

function add(name: string, password: string): ReturnType<typeof run> {
  return run(["user", "add", name, "--password-stdin", "--users", file], { stdin: password });
}

/** A terminal that remembers whether it shows what is typed. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly modes: boolean[] = [];

  setRawMode(raw: boolean): void {
    this.modes.push(raw);
  }
}

describe("user", () => {
  it("adds users, gives another password, lists and deletes, and keeps hashes only", async () => {
    expect(await add("bob", "secret b\n")).toEqual({ code: 0, stdout: `added bob to ${file}\n`, stderr: "" });
    expect(await add("ada", "secret a")).toEqual({ code: 0, stdout: `added ada to ${file}\n`, stderr: "" });
    const before = readFileSync(file, "utf8");
    expect((await add("ada", "secret c")).stdout).toBe(`ada has another password now, in ${file}\n`);
    expect(readFileSync(file, "utf8")).not.toBe(before);
    expect(readFileSync(file, "utf8")).not.toContain("secret");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["users.json"]);

    expect((await run(["user", "list", "--data", folder])).stdout).toBe("ada\nbob\n");
    expect((await run(["user", "list", "--users", file, "--json"])).stdout).toBe('["ada","bob"]\n');

    const dry = await run(["user", "delete", "ada", "--data", folder, "--dry-run"]);
    expect(dry).toEqual({ code: 0, stdout: "would delete 1 user: ada\n", stderr: "" });
    expect((await run(["user", "list", "--data", folder])).stdout).toBe("ada\nbob\n");
    const deleted = await run(["user", "delete", "ada", "--data", folder, "--json"]);
    expect(JSON.parse(deleted.stdout)).toEqual({ user: "ada", file, deleted: 1, wouldDelete: 1 });
    expect((await run(["user", "list", "--data", folder])).stdout).toBe("bob\n");
  });

  it("asks twice at a terminal, and does not show what is typed", async () => {
    const stdin = new Terminal();
    const command = new Running(["user", "add", "ada", "--users", file], { stdin });
    await command.prints("stderr", "password: ");
    stdin.write("secreX\u007ft\r");
    await command.prints("stderr", "once more: ");
    stdin.write("secret\n");
    expect(await command.ended).toEqual({
      code: 0,
      stdout: `added ada to ${file}\n`,
      stderr: "password: \nonce more: \n",
    });
    expect(stdin.modes).toEqual([true, false, true, false]);
  });

  it.each([
    ["two passwords that differ", ["one\r", "two\r"], "the two passwords differ; nothing was changed"],
    ["Ctrl-C", ["one\u0003"], "interrupted while reading the password; nothing was changed"],
  ])("changes nothing after %s", async (_, typed, message) => {
    const stdin = new Terminal();
    const command = new Running(["user", "add", "ada", "--users", file], { stdin });
    for (const [index, line] of typed.entries()) {
      await command.prints("stderr", ["password: ", "once more: "][index] ?? "");
      stdin.write(line);
    }
    const { code, stderr } = await command.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`xqbus: ${message}\n`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [
      "a name with a line end",
      ["add", "a\nb", "--password-stdin"],
      "x",
      /^xqbus: the user name "a\\nb" has control characters/,
    ],
    [
      "a name with a meaning",
      ["add", "*", "--password-stdin"],
      "x",
      /^xqbus: the user name "\*" has a meaning of its own/,
    ],
    ["an empty password", ["add", "ada", "--password-stdin"], "\n", /^xqbus: the password is empty or has a line end/],
    [
      "two lines",
      ["add", "ada", "--password-stdin"],
      "a\nb\n",
      /^xqbus: the password is empty or has a line end or NUL/,
    ],
    [
      "a very long password",
      ["add", "ada", "--password-stdin"],
      "x".repeat(2000),
      /^xqbus: the password has more than 1024/,
    ],
    ["no terminal", ["add", "ada"], "x", /^xqbus: standard input is no terminal .*; give it with --password-stdin\n$/],
    ["a list that is not there", ["list"], "", /^xqbus: cannot read \S+users\.json: there is no such file\n$/],
    ["a user who is not there", ["delete", "ada"], "", /^xqbus: cannot read \S+users\.json: there is no such file\n$/],
  ])("refuses %s", async (_, args, stdin, message) => {
    const { code, stdout, stderr } = await run(["user", ...args, "--users", file], { stdin });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(["{", "[]", "{}", '{"users":[]}', '{"users":{"ada":"secret"}}', '{"users":{"a\\u0000":{}}}'])(
    "changes nothing in a file that is damaged: %s",
    async (content) => {
      writeFileSync(file, content);
      for (const result of [await add("bob", "x"), await run(["user", "list", "--users", file])]) {
        expect(result.code).toBe(1);
        expect(result.stderr).toMatch(/^xqbus: \S+users\.json (is not JSON|has no users that can be used: .+)\n$/);
        expect(result.stderr).not.toContain("secret");
      }
      expect(readFileSync(file, "utf8")).toBe(content);
      expect(readdirSync(folder)).toEqual(["users.json"]);
    },
  );

  it("does not write while another process does", async () => {
    writeFileSync(`${file}.new`, "");
    const { code, stderr } = await add("ada", "x");
    expect(code).toBe(1);
    expect(stderr).toBe(`xqbus: cannot write ${file}: another process writes it (if none does, remove ${file}.new)\n`);
  });

  it("names who is not there, and asks which file", async () => {
    await add("ada", "x");
    for (const more of [[], ["--dry-run"]]) {
      expect(await run(["user", "delete", "eve", "--users", file, ...more])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`there is no user "eve" in ${file}`) as string,
      });
    }
    expect(await run(["user", "list"])).toMatchObject({
      code: 2,
      stderr:
        "xqbus: which file? give --users FILE, or the broker's folder with --data DIR; see xqbus user list --help\n",
    });
  });
});

describe("acl check", () => {
  const RULES = [
    { effect: "allow", user: "ada", action: "*" },
    { effect: "allow", user: "bob", action: "publish", address: "org.clacks", event: "Phone*" },
  ];

  function check(...args: readonly string[]): ReturnType<typeof run> {
    writeFileSync(join(folder, "acl.json"), JSON.stringify({ rules: RULES }));
    return run(["acl", "check", "--data", folder, ...args]);
  }

  it("says yes or no, and by which rule", async () => {
    expect(await check("--user", "bob", "--publish", "org.clacks", "--event", "PhoneStatus")).toEqual({
      code: 0,
      stdout: `yes, rule 2: ${JSON.stringify(RULES[1])}\n`,
      stderr: "",
    });
    expect(await check("--user", "bob", "--consume", "org.clacks")).toEqual({
      code: 1,
      stdout: "no, no rule fits\n",
      stderr: "",
    });
    const json = await check("--user", "ada", "--create", "jobs", "--json");
    expect(JSON.parse(json.stdout)).toEqual({ allowed: true, rule: 1, text: RULES[0] });
    expect(JSON.parse((await check("--user", "eve", "--create", "jobs", "--json")).stdout)).toEqual({ allowed: false });
  });

  it("needs an action, and rules that can be used", async () => {
    expect(await check("--user", "bob")).toMatchObject({
      code: 2,
      stderr: "xqbus: what is to be done? give --publish, --consume or --create ADDRESS; see xqbus acl check --help\n",
    });
    const acl = join(folder, "acl.json");
    writeFileSync(acl, '{"rules":[{"effect":"allow"}]}');
    expect(await run(["acl", "check", "--acl", acl, "--user", "bob", "--publish", "x"])).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: ${acl} has no rules that can be used: rule 1: user is missing; expected the name of a user, or *\n`,
    });
  });
});
