/** Hooks of Node.js's loader in its thread, where it has none in the main thread (before 22.15). */
import type { InitializeHook, LoadHook, ResolveHook } from "node:module";
import type { MessagePort } from "node:worker_threads";
import { loadedFile, ownPackage } from "./loaded-files.ts";

let port: MessagePort | undefined;

export const initialize: InitializeHook<{ readonly port: MessagePort }> = (data) => {
  port = data.port;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  try {
    return await next(specifier, context);
  } catch (error) {
    const own = ownPackage(specifier, context, next as (specifier: string, context: object) => ReturnType<typeof next>);
    if (own === undefined) throw error;
    return await own;
  }
};

export const load: LoadHook = async (url, context, next) => {
  const file = loadedFile(url);
  if (file !== undefined) port?.postMessage(file);
  return await next(url, context);
};
