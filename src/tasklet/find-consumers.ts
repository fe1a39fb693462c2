import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { messageOf, XqbusError } from "../errors.ts";

/** The file that makes a folder a consumer. */
export const CONFIG_FILE = "consumer.cfg";

/** A folder with a `consumer.cfg`: a process of an application. */
export interface ConsumerFolder {
  /** Absolute path. */
  readonly folder: string;
  /** `<application>.<process>`; of a folder that is in no application the process alone. */
  readonly name: string;
}

const EVENTS_FOLDER: readonly string[] = ["impl", "events"];
const MAX_CONSUMERS = 1000;

/**
 * The consumers of a folder: of a process (`consumer.cfg` is in it), of an application (`impl/events/<process>`), or of a folder of
 * applications; by name.
 *
 * @throws XqbusError `xqbus:unreadable` there is no such folder, or no consumer in it; `xqbus:limit-exceeded`
 */
export function findConsumers(path: string): readonly ConsumerFolder[] {
  const folder = resolve(path);
  const found = isConsumer(folder)
    ? [folder]
    : [folder, ...foldersIn(folder)].flatMap((application) => {
        const events = join(application, ...EVENTS_FOLDER);
        return existsSync(events) ? foldersIn(events).filter(isConsumer) : [];
      });
  if (found.length === 0) {
    throw new XqbusError(
      "xqbus:unreadable",
      `there is no consumer in ${folder}: neither ${CONFIG_FILE}, nor ${EVENTS_FOLDER.join("/")}/<process>/${CONFIG_FILE}, nor applications with it`,
    );
  }
  if (found.length > MAX_CONSUMERS) {
    throw new XqbusError("xqbus:limit-exceeded", `there are more than ${MAX_CONSUMERS} consumers in ${folder}`);
  }
  return found.map((each) => ({ folder: each, name: nameOf(each) }));
}

function isConsumer(folder: string): boolean {
  return existsSync(join(folder, CONFIG_FILE));
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `the folder ${folder} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function nameOf(folder: string): string {
  const events = dirname(folder);
  const isInApplication = events.endsWith(join("/", ...EVENTS_FOLDER));
  return isInApplication ? `${basename(dirname(dirname(events)))}.${basename(folder)}` : basename(folder);
}
