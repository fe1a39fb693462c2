import type { AddLater } from "../later-command.ts";
import { addApiKeyCreate } from "./api-key/create.ts";
import { addApiKeyDelete } from "./api-key/delete.ts";
import { addApiKeyList } from "./api-key/list.ts";

/** Adds what there is for API keys. */
export const addApiKey: AddLater = (apiKey, session) => {
  for (const add of [addApiKeyCreate, addApiKeyList, addApiKeyDelete]) add(apiKey, session);
  apiKey.addHelpText(
    "after",
    `
Examples:
  xqbus api-key create deploy --scope listener:write:repo.sync.* --scope event:publish:repo.*
  xqbus api-key list
  xqbus api-key delete xk_0123456789abcdef`,
  );
};
