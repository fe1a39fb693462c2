import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { hashPassword, startBroker } from "../../../src/broker/index.ts";
import { describeWith, requirement } from "../../helpers/requirements.ts";

/** The one on the path, and Debian's, for which the Debian package is. */
const PYTHON = ["python3", "/usr/bin/python3"].find(
  (python) => spawnSync(python, ["-c", "import proton"], { timeout: 30_000 }).status === 0,
);

const PROTON = requirement("Qpid Proton", () =>
  PYTHON === undefined
    ? "the Python module proton was not found (install python3-qpid-proton, or python-qpid-proton with pip)"
    : undefined,
);

describeWith([PROTON], "Qpid Proton", () => {
  it("works with the embedded broker", async () => {
    await using broker = await startBroker();
    const url = broker.url().replace(/\/[^/]*$/, "");
    const script = join(import.meta.dirname, "proton_peer.py");
    const { stdout } = await promisify(execFile)(PYTHON ?? "python3", [script, url], { timeout: 50_000 });
    expect(stdout.trim().split("\n")).toEqual([
      "message",
      "long message",
      "released message",
      "reply over the relay",
      "filter that is applied is echoed",
      "filter that is not known is not echoed",
      "refused link",
      "order",
      "close",
    ]);
    expect(broker.counts.faults).toBe(0);
  });

  // SCRAM needs a Proton that was built with Cyrus SASL, which the one of PyPI is not.
  it.each([
    ["PLAIN", "right", "in"],
    ["PLAIN", "wrong", expect.stringContaining("Authentication failed")],
    ["ANONYMOUS", "right", "in"],
  ])("logs in with %s when the password is %s", async (mechanism, password, answer) => {
    const users = { ada: await hashPassword("right") };
    await using broker = await startBroker({ users, anonymous: true });
    const script = join(import.meta.dirname, "proton_login.py");
    const args = [script, `amqp://ada:${password}@127.0.0.1:${broker.port}`, mechanism];
    const { stdout } = await promisify(execFile)(PYTHON ?? "python3", args, { timeout: 50_000 });
    expect(stdout.trim()).toEqual(answer);
    expect(broker.counts).toMatchObject({ faults: 0, failedLogins: password === "right" ? 0 : 1 });
  });
});
