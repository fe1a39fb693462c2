import type { Command } from "commander";
import { Option } from "commander";

/** Which files say who may do what. */
export interface AccessFileOptions {
  readonly data?: string;
  readonly users?: string;
  readonly acl?: string;
}

export const usersOption = (): Option =>
  new Option("--users <file>", "file of users with salted hashes of their passwords (default: users.json of --data)");

export const aclOption = (): Option => new Option("--acl <file>", "file of access rules (default: acl.json of --data)");

export const dataOption = (): Option => new Option("--data <dir>", "folder of the broker, as for xqbus serve");

/** The file, or a wrong command line where none is named. */
export function named(file: string | undefined, option: "--users" | "--acl", command: Command): string {
  return file ?? command.error(`error: which file? give ${option} FILE, or the broker's folder with --data DIR`);
}
