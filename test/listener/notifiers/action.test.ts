import { expect, it } from "vitest";
import { XqbusError } from "../../../src/errors.ts";
import { NotifyError } from "../../../src/listener/index.ts";
import { actionNotifier } from "../../../src/listener/notifiers/action.ts";
import { contextOf, noEnd, notificationOf } from "./fixtures.ts";

it.each([
  ["xqbus:database-unavailable", { isPermanent: false, isEndless: true, retryAfterMs: 5000 }],
  ["xqbus:store-full", { isPermanent: false, isEndless: true, retryAfterMs: 5000 }],
  ["xqbus:database-failed", { isPermanent: false, isEndless: false, retryAfterMs: undefined }],
  ["xqbus:unknown-name", { isPermanent: true, isEndless: false, retryAfterMs: undefined }],
  ["xqbus:limit-exceeded", { isPermanent: true, isEndless: false, retryAfterMs: undefined }],
])("an event whose run cannot be recorded (%s) waits, is tried again, or is a dead letter", async (code, expected) => {
  const actions = {
    start: async (): Promise<string> => {
      throw new XqbusError(code, "no");
    },
  };
  const notifier = await actionNotifier.open({ action: "5eaf0db7f6f51d5255974217" }, await contextOf({ actions }));
  const refused = await notifier.notify(notificationOf(), noEnd()).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(NotifyError);
  expect(refused).toMatchObject({
    code,
    message: "starting the action 5eaf0db7f6f51d5255974217 failed: no",
    ...expected,
  });
});
