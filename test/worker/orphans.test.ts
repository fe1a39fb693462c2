import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { moduleFolder } from "./module-folder.ts";
import { isAlive } from "./is-alive.ts";

const WORKER = pathToFileURL(join(import.meta.dirname, "..", "..", "dist", "worker", "index.js")).href;

describe("worker processes of a program that was killed", () => {
  it("end with it, also in an endless loop, and with what they have started", async () => {
    using folder = moduleFolder({
      "code.mjs": `
        import { spawn } from "node:child_process";
        export const idle = () => process.pid;
        export const loop = () => {
          const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
          console.log([process.pid, child.pid].join(" "));
          for (;;);
        };`,
      "program.mjs": `
        import { WorkerPool } from ${JSON.stringify(WORKER)};
        const pool = await WorkerPool.open({ processes: 2 });
        const module = process.argv[2];
        void pool.call({ module, export: "loop", onLog: ({ text }) => console.log(text + " " + pool.pids.join(" ")) });`,
    });
    const program = spawn(process.execPath, [folder.path("program.mjs"), folder.path("code.mjs")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [data] = (await once(program.stdout, "data")) as [Uint8Array];
    const pids = [...new Set(Buffer.from(data).toString().trim().split(" ").map(Number))];
    expect(pids).toHaveLength(3);
    expect(pids.filter(isAlive)).toEqual(pids);
    program.kill("SIGKILL");
    await vi.waitUntil(() => pids.filter(isAlive).length === 0, { timeout: 30_000 });
  });
});
