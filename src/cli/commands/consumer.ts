import type { AddLater } from "../later-command.ts";
import { addConsumerCheck } from "./consumer/check.ts";
import { addConsumerRun } from "./consumer/run.ts";

/** Adds what there is for consumers in folders. */
export const addConsumer: AddLater = (consumer, session) => {
  addConsumerRun(consumer, session);
  addConsumerCheck(consumer, session);
};
