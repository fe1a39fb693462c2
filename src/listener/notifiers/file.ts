import { illegalOption } from "../../assert-option.ts";
import { messageOf, XqbusError } from "../../errors.ts";
import type { Catalog } from "../../schema/index.ts";
import type { Notification, Notifier, NotifierField, NotifierType, NotifyResult } from "../notifier.ts";
import { NotifyError } from "../notify-error.ts";
import { attemptEnded } from "./attempt-ended.ts";
import { checkFields, illegalField } from "../check-fields.ts";
import { fileRecord } from "./file/file-record.ts";
import { LOG_DEFAULTS, openLogFile, type SharedLogFile } from "./file/open-log-file.ts";
import { BODY_FIELDS, type BodyConfig } from "./notification-body.ts";
import { showFields } from "./show-fields.ts";

/** The configuration of a file listener, as `docs/notifiers.md` says. */
export interface FileConfig extends BodyConfig {
  readonly path: string;
  readonly maxBytes?: number;
  readonly maxFiles?: number;
  readonly fsync?: boolean;
}

const MAX_PATH_LENGTH = 1_000;
const MIN_FILE_BYTES = 1_024;
const MAX_FILE_BYTES = 2 ** 40;
const MAX_FILES = 1_000;
/** Names of files and folders that every system has, and that no path climbs out by. */
const NAME = /^(?!\.)[\w. -]{1,200}$/u;
/** `events.ndjson.1`: a listener for that file would lose it to one for `events.ndjson`. */
const FULL_FILE = /\.\d+$/u;

const FIELDS: readonly NotifierField[] = [
  { name: "path", kind: "text", isRequired: true, help: "The file, below the folder that the daemon's settings name" },
  ...BODY_FIELDS,
  { name: "maxBytes", kind: "number", help: `Size at which the next file begins (default: ${LOG_DEFAULTS.maxBytes})` },
  { name: "maxFiles", kind: "number", help: `Files that are kept, the current one included (default: ${LOG_DEFAULTS.maxFiles})` },
  { name: "fsync", kind: "boolean", help: "Whether each event is on disk when it counts as delivered (default: false)" },
]; // prettier-ignore

/** Appends each event to a file below one folder. */
export const fileNotifier: NotifierType<FileConfig> = {
  id: "file",
  summary: "Appends each event to a file",
  fields: FIELDS,
  check(config, { settings }) {
    // The fields have made sure of the types.
    const checked = checkFields("file", FIELDS, config) as unknown as FileConfig;
    const { path, maxBytes = LOG_DEFAULTS.maxBytes, maxFiles = LOG_DEFAULTS.maxFiles } = checked;
    if (path.length > MAX_PATH_LENGTH || !path.split("/").every((name) => NAME.test(name))) {
      const rule =
        'must be names of letters, digits, "_", "-", "." and spaces with "/" between, none of which begins with "."';
      throw illegalField("file", "path", rule, path);
    }
    if (FULL_FILE.test(path)) {
      throw illegalField(
        "file",
        "path",
        'must not end with a number behind a "."; files that are full are called so',
        path,
      );
    }
    assertWhole("maxBytes", maxBytes, MIN_FILE_BYTES, MAX_FILE_BYTES);
    assertWhole("maxFiles", maxFiles, 1, MAX_FILES);
    folderOf(settings.fileFolder);
    return checked;
  },
  show: (config) => showFields(FIELDS, config),
  async open(config, { catalog, settings }) {
    const { path, maxBytes, maxFiles, fsync } = { ...LOG_DEFAULTS, ...config };
    const file = await openLogFile(folderOf(settings.fileFolder), path, { maxBytes, maxFiles, fsync });
    return new FileNotifier(file, config, catalog);
  },
};

class FileNotifier implements Notifier {
  readonly #file: SharedLogFile;
  readonly #config: FileConfig;
  readonly #catalog: Catalog;
  readonly #what: string;

  constructor(file: SharedLogFile, config: FileConfig, catalog: Catalog) {
    this.#file = file;
    this.#config = config;
    this.#catalog = catalog;
    this.#what = `writing to the file ${config.path}`;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    if (signal.aborted) throw attemptEnded(this.#what, signal);
    try {
      await this.#file.append(fileRecord(notification, this.#catalog, this.#config));
    } catch (error) {
      const reason = messageOf(error);
      const code = error instanceof XqbusError ? error.code : "xqbus:notify-failed";
      throw new NotifyError(code, `${this.#what} failed: ${reason}`, { cause: error });
    }
    return {};
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function folderOf(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw illegalOption(
    "a file listener needs a folder that it may write into: file_folder in [listener] of the configuration",
  );
}

function assertWhole(field: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw illegalField("file", field, `must be a whole number from ${least} to ${most}`, value);
}
