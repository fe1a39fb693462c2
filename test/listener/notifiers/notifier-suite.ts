import { describe, expect, it } from "vitest";
import type { XqbusError } from "../../../src/errors.ts";
import { NotifyError } from "../../../src/listener/index.ts";
import type { Notification, Notifier, NotifierSettings, NotifierType } from "../../../src/listener/index.ts";
import { afterTest, contextOf, noEnd, notificationOf, SECRET_VALUE, until } from "./fixtures.ts";

type Config = Readonly<Record<string, unknown>>;

/** One notification as it has come to a receiver. */
export interface Told {
  /** All of it that a person could read: body, and what stands around it. */
  readonly text: string;
  /** Whether it says of itself that it is the sample of a test. */
  readonly isTest: boolean;
}

/** Who is told by a notifier: something real, such as a server on loopback. */
export interface Receiver {
  /** By which the notifier finds it. */
  readonly config: Config;
  readonly settings?: Partial<NotifierSettings>;
  readonly busUrl?: string;
  told(): readonly Told[] | Promise<readonly Told[]>;
  /** From now on, or not any more, it does not take what it is told, for a reason that may pass. */
  fail(isFailing: boolean): unknown;
  /** From now on it does not answer. Left out where there is nobody to wait for. */
  hang?(): unknown;
  /** What the notifier holds of it: connections, processes, open files. */
  held(): number | Promise<number>;
  stop(): unknown;
}

/** A notifier and what the suite must know of it. */
export interface SuiteOptions {
  readonly start: () => Promise<Receiver>;
  /** A configuration with all secrets; its other fields come from the receiver. */
  readonly secrets?: Config;
  /** Words of the secrets, which must be shown nowhere. */
  readonly hidden?: readonly string[];
  /** The configuration that makes it hide sensitive fields of events; undefined: it cannot. */
  readonly masked?: Config;
  /** Each is refused with this message; fields that are not given are those of the receiver. */
  readonly bad: readonly (readonly [config: Config, message: string])[];
}

/** What every notifier does. */
export function notifierSuite(type: NotifierType, options: SuiteOptions): void {
  const { start, secrets = {}, hidden = [], masked, bad } = options;

  async function receiver(): Promise<Receiver> {
    const started = await start();
    afterTest(() => started.stop());
    return started;
  }

  async function open(of: Receiver, more: Config = {}): Promise<Notifier> {
    const context = await contextOf(of.settings, of.busUrl);
    const notifier = await type.open(type.check({ ...of.config, ...more }, context), context);
    afterTest(() => notifier.close());
    return notifier;
  }

  async function failure(notifier: Notifier, notification: Notification, signal: AbortSignal): Promise<NotifyError> {
    const error: unknown = await notifier.notify(notification, signal).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NotifyError);
    return error as NotifyError;
  }

  describe(`the ${type.id} notifier`, () => {
    it("tells of an event once", async () => {
      const to = await receiver();
      await (await open(to)).notify(notificationOf("rosa"), noEnd());
      const told = await to.told();
      expect(told).toEqual([{ text: expect.stringContaining("rosa") as string, isTest: false }]);
      expect(told[0]?.text).toContain(SECRET_VALUE);
    });

    it("tells of events at the same time, of each once", async () => {
      const to = await receiver();
      const notifier = await open(to);
      const users = Array.from({ length: 20 }, (_, n) => `user-${n}-`);
      await Promise.all(users.map((user) => notifier.notify(notificationOf(user), noEnd())));
      const texts = (await to.told()).map(({ text }) => text);
      expect(users.map((user) => texts.filter((text) => text.includes(user)).length)).toEqual(users.map(() => 1));
      expect(texts).toHaveLength(20);
    });

    it("says of the sample of a test that it is one", async () => {
      const to = await receiver();
      await (await open(to)).notify(notificationOf("rosa", { isTest: true }), noEnd());
      expect(await to.told()).toMatchObject([{ isTest: true }]);
    });

    it("fails when the receiver does, and works when that works again", async () => {
      const to = await receiver();
      const notifier = await open(to);
      await notifier.notify(notificationOf("first"), noEnd());
      await to.fail(true);
      expect(await failure(notifier, notificationOf("second"), noEnd())).toMatchObject({ isPermanent: false });
      await to.fail(false);
      await until(() => notifier.notify(notificationOf("third"), noEnd()));
      const texts = (await to.told()).map(({ text }) => text);
      expect(texts.filter((text) => text.includes("first"))).toHaveLength(1);
      expect(texts.filter((text) => text.includes("third")).length).toBeGreaterThan(0);
    });

    it("sends nothing when its time is over before", async () => {
      const to = await receiver();
      const notifier = await open(to);
      const reason = new Error("enough");
      expect(await failure(notifier, notificationOf(), AbortSignal.abort(reason))).toMatchObject({
        code: "xqbus:aborted",
        isPermanent: false,
        cause: reason,
      });
      const timeout = AbortSignal.abort(new DOMException("late", "TimeoutError"));
      expect(await failure(notifier, notificationOf(), timeout)).toMatchObject({ code: "xqbus:timeout" });
      expect(await to.told()).toEqual([]);
    });

    it("ends with its time when the receiver does not answer, where it waits for an answer", async () => {
      const to = await receiver();
      const notifier = await open(to);
      if (to.hang === undefined) return;
      await to.hang();
      const ending = new AbortController();
      const failed = failure(notifier, notificationOf(), ending.signal);
      await until(async () => expect(await to.held()).toBeGreaterThan(0));
      ending.abort(new Error("enough"));
      expect(await failed).toMatchObject({ code: "xqbus:aborted", isPermanent: false });
    });

    it("gives back what it holds when it is closed", async () => {
      const to = await receiver();
      const notifier = await open(to);
      await notifier.notify(notificationOf("first"), noEnd());
      const running = notifier.notify(notificationOf("second"), noEnd());
      await Promise.all([running, notifier.close()]);
      await notifier.close();
      await until(async () => expect(await to.held()).toBe(0));
      expect(await to.told()).toHaveLength(2);
    });

    it("gives a configuration back as it was given", async () => {
      const to = await receiver();
      const context = await contextOf(to.settings, to.busUrl);
      const config = { ...to.config, ...secrets };
      expect(type.check(config, context)).toEqual(config);
      expect(JSON.parse(JSON.stringify(type.check(config, context)))).toEqual(config);
    });

    it("refuses a configuration that cannot be used, and says what would be right", async () => {
      const to = await receiver();
      const context = await contextOf(to.settings, to.busUrl);
      const messageOf = (config: Config): string => {
        try {
          type.check(config, context);
        } catch (error) {
          expect(["xqbus:illegal-argument", "xqbus:unknown-name"]).toContain((error as XqbusError).code);
          return (error as Error).message;
        }
        return "it was not refused";
      };
      expect(bad.map(([config]) => messageOf({ ...to.config, ...config }))).toEqual(bad.map(([, message]) => message));

      const names = type.fields.map(({ name }) => name).join(", ");
      expect(messageOf({ ...to.config, colour: "red" })).toBe(
        `"colour" is not a field of ${type.id} listeners (${names})`,
      );
      for (const { name, isRequired = false } of type.fields) {
        const field = `field ${name} of the ${type.id} listener`;
        expect(messageOf({ ...to.config, [name]: { a: 1 } })).toContain(`${field} must be `);
        if (isRequired) expect(messageOf({ ...to.config, [name]: undefined })).toContain(`${field} is required: `);
      }
    });

    it("shows its configuration without the secrets", async () => {
      const to = await receiver();
      const context = await contextOf(to.settings, to.busUrl);
      const shown = type.show(type.check({ ...to.config, ...secrets }, context));
      const texts = JSON.stringify(shown);
      for (const word of hidden) expect(texts).not.toContain(word);
      expect(shown.filter(([, text]) => text === "***")).toHaveLength(Object.keys(secrets).length);
    });

    it("says no secrets in its errors", async () => {
      const to = await receiver();
      const notifier = await open(to, secrets);
      await to.fail(true);
      const error = await failure(notifier, notificationOf(), noEnd());
      for (const word of [...hidden, SECRET_VALUE]) expect(error.message).not.toContain(word);
    });

    if (masked === undefined) return;

    it("hides the sensitive fields of events when it is told to", async () => {
      const to = await receiver();
      await (await open(to, masked)).notify(notificationOf("rosa"), noEnd());
      const [told] = await to.told();
      expect(told?.text).toContain("***");
      expect(told?.text).not.toContain(SECRET_VALUE);
    });
  });
}
