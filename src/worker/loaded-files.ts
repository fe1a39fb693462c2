import { statSync } from "node:fs";
import { createRequire } from "node:module";
import * as nodeModule from "node:module";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import type { LoadedFile } from "./messages.ts";

/** Files of one process that are watched for changes at most. */
const MAX_FILES = 2000;
/** The package itself, which does not change. */
export const OWN_FOLDER: string = fileURLToPath(new URL("..", import.meta.url));

/** A file as it is now; undefined for one that is not watched: of a package, of this one, or gone. */
export function loadedFile(url: string): LoadedFile | undefined {
  if (!url.startsWith("file:")) return undefined;
  const path = fileURLToPath(url);
  if (path.startsWith(OWN_FOLDER) || path.includes(`${sep}node_modules${sep}`)) return undefined;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : { path, mtimeMs: stats.mtimeMs, size: stats.size };
}

type Resolve<R> = (specifier: string, context: object) => R;

/** The package finds itself also for code that lies where it is not installed. @returns undefined for another package */
export function ownPackage<R>(specifier: string, context: object, next: Resolve<R>): R | undefined {
  if (specifier !== "xqbus" && !specifier.startsWith("xqbus/")) return undefined;
  return next(specifier, { ...context, parentURL: import.meta.url });
}

/** What `node:module` has since Node.js 22.15. */
interface SyncHooks {
  readonly registerHooks?: (hooks: {
    readonly resolve: (specifier: string, context: object, next: Resolve<unknown>) => unknown;
    readonly load: (url: string, context: object, next: (url: string, context: object) => unknown) => unknown;
  }) => void;
}

/** The files that this process has loaded, as they were just before that. */
export class LoadedFiles {
  readonly #files: Map<string, LoadedFile> = new Map();
  readonly #told: Set<string> = new Set();
  /** Where hooks run in a thread of their own. */
  readonly #collect: () => void;

  constructor() {
    const { registerHooks } = nodeModule as SyncHooks;
    this.#collect = registerHooks === undefined ? this.#trackInThread() : this.#track(registerHooks);
  }

  /** Those that were loaded since this was last asked. */
  take(): readonly LoadedFile[] {
    this.#collect();
    const news = [...this.#files.values()].filter(({ path }) => !this.#told.has(path));
    for (const { path } of news) this.#told.add(path);
    return news;
  }

  /** All, the last one first. */
  newestFirst(): readonly string[] {
    this.#collect();
    return [...this.#files.keys()].reverse();
  }

  #add(file: LoadedFile | undefined): void {
    if (file === undefined || this.#files.has(file.path) || this.#files.size >= MAX_FILES) return;
    this.#files.set(file.path, file);
  }

  #track(registerHooks: NonNullable<SyncHooks["registerHooks"]>): () => void {
    registerHooks({
      resolve: (specifier, context, next) => {
        try {
          return next(specifier, context);
        } catch (error) {
          const own = ownPackage(specifier, context, next);
          if (own === undefined) throw error;
          return own;
        }
      },
      load: (url, context, next) => {
        this.#add(loadedFile(url));
        return next(url, context);
      },
    });
    return () => undefined;
  }

  #trackInThread(): () => void {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    nodeModule.register(new URL("./module-hooks.js", import.meta.url), {
      data: { port: port2 },
      transferList: [port2],
    });
    const { cache } = createRequire(import.meta.url);
    return () => {
      for (let entry = receiveMessageOnPort(port1); entry !== undefined; entry = receiveMessageOnPort(port1)) {
        this.#add(entry.message as LoadedFile);
      }
      for (const path of Object.keys(cache)) this.#add(loadedFile(new URL(`file://${path}`).href));
    };
  }
}
