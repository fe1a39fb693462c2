import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Command, root, run } from "./command.ts";

const FIELD = `<xs:element name="Extension" type="xs:int" minOccurs="0"/>`;

let folder: string;
let broker: Command;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-hot-"));
  cpSync(join(root, "schemas", "events"), folder, { recursive: true });
  broker = new Command(["serve", "--port", "0", "--json", "--no-validate"]);
  await broker.prints("stdout", "\n");
  ({ url } = JSON.parse(broker.stdout) as { readonly url: string });
});

afterAll(async () => {
  broker.signal("SIGTERM");
  await broker.ended;
  rmSync(folder, { recursive: true });
});

const COMPLETE = ["CallerId=1", "ReceiverId=2", "Status=busy"].flatMap((setting) => ["--set", setting]);

function send(...settings: readonly string[]): ReturnType<typeof run> {
  return run(["send", "PhoneStatus", "--url", url, "--schemas", folder, ...COMPLETE, ...settings]);
}

describe("an XSD file that is edited while consumers run", () => {
  it("takes effect without a restart; a broken edit is reported and has no effect", async () => {
    const original = readFileSync(join(folder, "PhoneStatus.xsd"), "utf8");
    const withField = original.replace(/(?=<\/xs:(?:all|sequence)>)/, FIELD);
    expect(withField).not.toBe(original);
    const wide = new Command(["listen", "--url", url, "--schemas", folder, "--validate", "--format", "json"]);
    const frozen = new Command(["listen", "--url", url, "--schemas", folder, "--validate", "--no-watch"]);
    await Promise.all([wide.prints("stderr", "listening to"), frozen.prints("stderr", "listening to")]);
    expect((await send("--set", "Extension=12")).code).not.toBe(0);

    writeFileSync(join(folder, "PhoneStatus.xsd"), "<xs:schema");
    await wide.prints("stderr", "PhoneStatus.xsd:1: ");
    writeFileSync(join(folder, "PhoneStatus.xsd"), withField);
    await wide.prints("stderr", "schemas changed: PhoneStatus.xsd\n");

    expect(await send("--set", "Extension=12")).toMatchObject({ code: 0 });
    await wide.prints("stdout", "\n");
    // Typed by the new schema: a number.
    expect(JSON.parse(wide.stdout)).toMatchObject({ content: { Extension: 12 } });
    await frozen.prints("stderr", "Extension");

    for (const listener of [wide, frozen]) listener.signal("SIGTERM");
    const [{ stderr }, notWatching] = await Promise.all([wide.ended, frozen.ended]);
    expect(stderr.match(/^xqbus: schema not used: /gm)).toHaveLength(1);
    expect(stderr).toContain("received 1, matched 1, filtered out 0\n");
    expect(notWatching.stdout).toBe("");
    expect(notWatching.stderr).toContain("not an event 1");
    expect(notWatching.stderr).not.toContain("schemas changed");
  });
});
