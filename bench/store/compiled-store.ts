import type { startWorker as StartWorker } from "../../src/storage/start-worker.ts";
import type { chooseDriver as ChooseDriver } from "../../src/storage/index.ts";
import type { openStore as OpenStore } from "../../src/broker/store/open-store.ts";

const load = (path: string): Promise<unknown> => import(new URL(`../../dist/${path}`, import.meta.url).href);

const store = (await load("broker/store/open-store.js")) as { readonly openStore: typeof OpenStore };
const storage = (await load("storage/index.js")) as { readonly chooseDriver: typeof ChooseDriver };
const thread = (await load("storage/start-worker.js")) as { readonly startWorker: typeof StartWorker };

/** The message store as tsc compiled it, see compiled-package.ts. */
export const openStore: typeof OpenStore = store.openStore;
/** Likewise. */
export const chooseDriver: typeof ChooseDriver = storage.chooseDriver;
/** Likewise. */
export const startWorker: typeof StartWorker = thread.startWorker;
