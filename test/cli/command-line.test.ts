import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { run } from "./harness.ts";

const COMMANDS = [
  [],
  ["demo"],
  ["serve"],
  ["send"],
  ["listen"],
  ["validate"],
  ["event"],
  ["event", "list"],
  ["event", "show"],
  ["help"],
  ["subscription"],
  ["subscription", "delete"],
  ["bench"],
];

describe("the help", () => {
  it.each(COMMANDS.map((command) => [["xqbus", ...command].join(" "), command] as const))(
    "of %s has examples of it and goes to standard output",
    async (name, command) => {
      const { code, stdout, stderr } = await run([...command, "--help"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.startsWith(`Usage: ${name} `)).toBe(true);
      expect(stdout.split("Examples:")[1]).toContain(`  ${name}`);
    },
  );

  it.each(COMMANDS.filter((command) => command[0] !== "help"))(
    "is the same with the word help: %s %s",
    async (...command) => {
      expect(await run(["help", ...command])).toEqual(await run([...command, "--help"]));
    },
  );

  it.each([[[]], [["event"]]])("is shown where a command is missing, as a usage error: %s", async (args: string[]) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: xqbus");
  });
});

it("the version is the one of the package", async () => {
  expect(await run(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
});

/** Everything that is wrong about a command line itself: exit code 2 and one line that names the help. */
const USAGE_ERRORS: readonly (readonly [readonly string[], string])[] = [
  [["sned"], "unknown command 'sned' (did you mean send?); see xqbus --help"],
  [["event", "lst"], "unknown command 'lst' (did you mean list?); see xqbus event --help"],
  [["help", "event", "lst"], "there is no command 'lst'; there are list, show, new; see xqbus event --help"],
  [["help", "send", "x"], "there is no command 'x'; there are none below it; see xqbus send --help"],
  [["--verison"], "unknown option '--verison' (did you mean --version?); see xqbus --help"],
  [["listen", "--xqery", "."], "unknown option '--xqery' (did you mean --xquery?); see xqbus listen --help"],
  [["send"], "missing required argument 'event'; see xqbus send --help"],
  [["validate"], "missing required argument 'file'; see xqbus validate --help"],
  [["event", "show"], "missing required argument 'name'; see xqbus event show --help"],
  [["send", "A", "B"], "too many arguments for 'send'. Expected 1 argument but got 2; see xqbus send --help"],
  [["listen", "--count"], "option '--count <n>' argument missing; see xqbus listen --help"],
  [
    ["listen", "--count", "0"],
    "option '--count <n>' argument '0' is invalid. It must be a whole number above 0; see xqbus listen --help",
  ],
  [
    ["listen", "--count", "1.5"],
    "option '--count <n>' argument '1.5' is invalid. It must be a whole number above 0; see xqbus listen --help",
  ],
  [
    ["listen", "--timeout", "soon"],
    "option '--timeout <seconds>' argument 'soon' is invalid. It must be a number above 0; see xqbus listen --help",
  ],
  [
    ["listen", "--timeout", "1e9"],
    "option '--timeout <seconds>' argument '1e9' is invalid. It must be at most 2073600; see xqbus listen --help",
  ],
  [
    ["listen", "--format", "yaml"],
    "option '--format <format>' argument 'yaml' is invalid. Allowed choices are xml, json, line; see xqbus listen --help",
  ],
  [
    ["listen", "--xquery", ".", "--xpath", "."],
    "option '--xquery <query>' cannot be used with option '--xpath <path>'; see xqbus listen --help",
  ],
  [
    ["listen", "--shared"],
    "--shared needs a name here; give --shared NAME, or --durable NAME with it; see xqbus listen --help",
  ],
  [
    ["listen", "--durable", "a", "--shared", "b"],
    "--durable and --shared name two subscriptions; give --durable NAME --shared; see xqbus listen --help",
  ],
  [
    ["subscription", "delete", "a|b"],
    "command-argument value 'a|b' is invalid for argument 'name'. It must be a name without \"|\"; see xqbus subscription delete --help",
  ],
  [
    ["serve", "--port", "65536"],
    "option '--port <port>' argument '65536' is invalid. It must be a port number from 0 to 65535; 0 takes a free one; see xqbus serve --help",
  ],
  [
    ["demo", "--forever", "--seconds", "2"],
    "option '--seconds <n>' cannot be used with option '--forever'; see xqbus demo --help",
  ],
  [
    ["serve", "--user", "a:b", "--user", "c:d", "--user", "a:e"],
    '--user names "a" twice; a user has one password; see xqbus serve --help',
  ],
  [["serve", "--tls-cert", "x.pem"], "--tls-cert and --tls-key belong together; see xqbus serve --help"],
  [
    ["send", "PhoneStatus", "--set", "Status"],
    "option '--set <field=value>' argument 'Status' is invalid. It must be Field=value; see xqbus send --help",
  ],
  [
    ["send", "./event.xml", "--dry-run", "--set", "Status=busy"],
    "--set makes a new event; it cannot change the one of a file; see xqbus send --help",
  ],
];

describe("a wrong command line", () => {
  it.each(USAGE_ERRORS)("%j is told in one line with exit code 2", async (args, message) => {
    expect(await run(args)).toEqual({ code: 2, stdout: "", stderr: `xqbus: ${message}\n` });
  });

  // The others take no --json, or would take it as the value that is missing.
  const withJson = USAGE_ERRORS.filter(([args]) => args.length > 1 && args[0] !== "help" && args.at(-1) !== "--count");

  it.each(withJson)("%j is told as one JSON object with --json", async (args, message) => {
    const { code, stdout, stderr } = await run([...args, "--json"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(JSON.parse(stderr)).toEqual({ error: { code: "xqbus:illegal-argument", message } });
  });

  it("cannot ask for two formats, and can ask for the same one twice", async () => {
    const { code, stdout, stderr } = await run(["listen", "--json", "--format", "xml"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const message = "--json prints events as JSON; it cannot be used with --format xml; see xqbus listen --help";
    expect(JSON.parse(stderr)).toEqual({ error: { code: "xqbus:illegal-argument", message } });
    expect((await run(["listen", "--json", "--format", "json"])).code).toBe(1);
  });

  it.each([
    [["serve", "--user", ":very-secret"]],
    [["serve", "--user", "very-secret"]],
    [["send", "PhoneStatus", "--ulr=amqp://admin:very-secret@host"]],
    [["send", "PhoneStatus", "--pasword=very-secret"]],
    [["send", "amqp://admin:very-secret@host", "--dry-run"]],
    [["listen", "--url", "http://admin:very-secret@host"]],
    [["listen", "--url", "amqp://admin:very-secret@host:port/d"]],
    [["listen", "--url", "admin:very-secret@host"]],
    [["listen", "--url", "amqp://admin:very-secret/@host"]],
  ])("%j does not repeat the password", async (args) => {
    for (const format of [[], ["--json"]]) {
      const { code, stdout, stderr } = await run([...args, ...format]);
      expect(code).toBeGreaterThan(0);
      expect(stdout + stderr).not.toContain("very-secret");
    }
  });
});
