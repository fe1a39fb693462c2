import type { AddCommand } from "../command.ts";
import { addAcl } from "./acl.ts";
import { addBench } from "./bench.ts";
import { addCall } from "./call.ts";
import { addDemo } from "./demo.ts";
import { addEvent } from "./event.ts";
import { addFilter } from "./filter.ts";
import { addHelp } from "./help.ts";
import { addJournal } from "./journal.ts";
import { addListen } from "./listen.ts";
import { addSchema } from "./schema.ts";
import { addSend } from "./send.ts";
import { addServe } from "./serve.ts";
import { addSubscription } from "./subscription.ts";
import { addUser } from "./user.ts";
import { addStore } from "./store.ts";
import { addValidate } from "./validate.ts";

/** All commands in the order of the help: daily verbs first, then the nouns, then help. */
export const commands: readonly AddCommand[] = [
  addDemo,
  addServe,
  addSend,
  addListen,
  addCall,
  addBench,
  addValidate,
  addEvent,
  addSchema,
  addFilter,
  addSubscription,
  addUser,
  addAcl,
  addStore,
  addJournal,
  addHelp,
];
