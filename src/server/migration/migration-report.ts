import type { RouteChange } from "../../router/index.ts";

/** Rows of one part. */
export interface MovedPart {
  /** What they are, for people. */
  readonly title: string;
  /** Rows that the old folder has. */
  readonly rows: number;
  /** Those that were copied this time; the others were there. In a dry run 0. */
  readonly copied: number;
}

/** The messages of one queue or subscription. */
export interface MovedMessages {
  /** Queue or subscription of the old broker. */
  readonly from: string;
  /** Queue of the new one. */
  readonly to: string;
  /** Messages that have waited in the old one. */
  readonly messages: number;
  /** Those that the new broker has accepted before. */
  readonly before: number;
  /** And this time; in a dry run 0. */
  readonly copied: number;
  /** Messages that are not whole, and stay behind. */
  readonly damaged: number;
}

/** What of an old folder is in the new place, or would be. */
export interface MigrationReport {
  readonly domain: string;
  readonly dryRun: boolean;
  readonly parts: readonly MovedPart[];
  readonly routes: readonly { readonly name: string; readonly queue: string; readonly change: RouteChange["change"] }[];
  readonly queues: readonly MovedMessages[];
  /** What is not taken, and what to do about it. */
  readonly notes: readonly string[];
}

/** How far a migration is. */
export interface MigrationProgress {
  /** What is copied now. */
  readonly what: string;
  readonly done: number;
  readonly of: number;
}
