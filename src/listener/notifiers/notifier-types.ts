import type { NotifierType } from "../notifier.ts";
import { actionNotifier } from "./action.ts";
import { amqpNotifier } from "./amqp.ts";
import { commandNotifier } from "./command.ts";
import { emailNotifier } from "./email.ts";
import { fileNotifier } from "./file.ts";
import { httpNotifier } from "./http.ts";

/** All ways to tell of events. A new one is a file in this folder and a line here. */
export const notifierTypes: readonly NotifierType[] = [
  emailNotifier,
  httpNotifier(),
  amqpNotifier,
  fileNotifier,
  commandNotifier,
  actionNotifier,
];
