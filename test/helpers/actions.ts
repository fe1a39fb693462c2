import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { ActionService, type RunTrigger, type RunWithData } from "../../src/action/index.ts";
import type { ActionServiceOptions } from "../../src/action/action-service.ts";

/** Waits of tests, in ms. */
const PATIENCE = { timeout: 30_000, interval: 20 };
const HTTP: RunTrigger = { kind: "http", who: "key" };

/** A folder with modules of actions, for one test file. */
export class ActionFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "xqbus-actions-"));
  #databases = 0;

  /** @param modules texts by file name */
  constructor(modules: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(modules)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  /** The URL of an SQLite file that is not there yet. */
  newUrl(): string {
    return `sqlite:${join(this.path, `${++this.#databases}.db`)}`;
  }

  /** A service that carries out runs with one worker; in a new SQLite file unless a URL is given. */
  async open(options: Partial<ActionServiceOptions> = {}): Promise<ActionService> {
    const service = await ActionService.open({
      ...{ url: options.url ?? this.newUrl(), folder: this.path, workers: 1, publish: async () => "id-1" },
      ...options,
    });
    await service.start();
    return service;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** A run when it has ended. */
export function endedRun(service: Pick<ActionService, "runs">, id: string): Promise<RunWithData> {
  return vi.waitFor(async () => {
    const run = await service.runs.get(id);
    expect(run.endedAt).toBeTypeOf("number");
    return run;
  }, PATIENCE);
}

/** Starts something with rows, as a request does, and waits for its end. */
export async function doneRun(service: ActionService, idOrName: string, content: unknown = []): Promise<RunWithData> {
  const { run } = await service.begin(idOrName, { event: { type: "rows", content }, trigger: HTTP });
  return endedRun(service, run.id);
}
