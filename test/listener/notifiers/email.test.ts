import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SMTPServerOptions } from "smtp-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EventMaker } from "../../../src/event/index.ts";
import type { Notification, Notifier, NotifyError } from "../../../src/listener/index.ts";
import { emailNotifier } from "../../../src/listener/notifiers/email.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { makeCertificates, type Certificates } from "../../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../../helpers/requirements.ts";
import { afterTest, contextOf, login, loginCatalog, noEnd, notificationOf, SECRET_VALUE, until } from "./fixtures.ts";
import { notifierSuite } from "./notifier-suite.ts";
import { SmtpSink, type Mail, type SinkOptions } from "./smtp-sink.ts";

type Config = Readonly<Record<string, unknown>>;

const A = "a@example.org";
const B = "b@example.org";
const C = "c@example.org";

beforeAll(async () => {
  await loginCatalog();
});

async function sinkOf(options?: SinkOptions): Promise<SmtpSink> {
  const sink = await SmtpSink.start(options);
  afterTest(() => sink.stop());
  return sink;
}

async function notifierAt(sink: SmtpSink, config: Config = {}): Promise<Notifier> {
  const context = await contextOf({ email: sink.settings });
  const checked = emailNotifier.check({ addresses: [A], subject: "news", ...config }, context);
  const notifier = await emailNotifier.open(checked, context);
  afterTest(() => notifier.close());
  return notifier;
}

async function mailOf(config: Config, notification: Notification = notificationOf()): Promise<Mail> {
  const sink = await sinkOf();
  await (await notifierAt(sink, config)).notify(notification, noEnd());
  expect(sink.mails).toHaveLength(1);
  return sink.mails[0]!;
}

async function failureOf(options: SinkOptions, config: Config = {}): Promise<NotifyError> {
  const sink = await sinkOf(options);
  const failure = await failureAt(await notifierAt(sink, config));
  return Object.assign(failure, { message: failure.message.replace(`:${sink.settings.port}`, ":25") });
}

async function failureAt(notifier: Notifier, notification: Notification = notificationOf()): Promise<NotifyError> {
  return (await notifier.notify(notification, noEnd()).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  )) as NotifyError;
}

let isOutOfOrder = false;
let isHanging = false;

notifierSuite(emailNotifier, {
  start: async () => {
    isOutOfOrder = false;
    isHanging = false;
    const sink = await SmtpSink.start({
      mailFrom: () => (isHanging ? "hang" : isOutOfOrder ? "451 4.3.0 out of order" : undefined),
    });
    return {
      config: { addresses: [A, B], subject: "news", mask: false },
      settings: { email: sink.settings },
      told: () =>
        sink.mails.map(({ email }) => ({
          text: `${email.subject}\n${email.text}`,
          isTest: email.headers.some(({ key, value }) => key === "x-xqbus-test" && value === "true"),
        })),
      fail: (isFailing) => (isOutOfOrder = isFailing),
      hang: () => (isHanging = true),
      held: () => sink.sockets.size,
      stop: () => sink.stop(),
    };
  },
  masked: { mask: true },
  bad: [
    [{ addresses: [] }, "field addresses of the email listener must be a list of 1 to 1000 texts, got a list"],
    ...["a,b@example.org", "a@b@c", "a@xn--ü.org", "Ann <a@example.org>", "a@example.org\r\nBcc: b@example.org", "a b@example.org", '"a"@x', "@x", ".a@x", "a..b@x", "a@-x", "a@x.", "a@", "<a@x>"].map(
      (address) =>
        [{ addresses: [A, address] }, `field addresses of the email listener must be addresses such as ops@example.org, got ${JSON.stringify(address)}`] as const,
    ),
    [{ addresses: Array.from({ length: 101 }, (_, n) => `a${n}@x`) }, "field addresses of the email listener must be at most 100, got 101"],
    [{ subject: "{{ payload.Usr }}" }, 'field subject of the email listener has the place {{ payload.Usr }}, which no event type has (did you mean "payload.User"?)'],
    [{ text: "{{ User }}" }, "field text of the email listener has the place {{ User }}, which no event type has"],
    [{ html: "<p>{{ document.x }}</p>" }, 'field html of the email listener has the place {{ document.x }}, which no event type has (did you mean "document"?)'],
    [{ text: "a {{ payload.User" }, 'field text of the email listener does not close the place "{{ payload.User"; "}}" closes it'],
    [{ text: "{{}}" }, 'field text of the email listener has the place "{{}}"; a path such as {{ payload.Id }} is needed'],
  ],
}); // prettier-ignore

describe("a mail", () => {
  it("has the event as JSON, as it is read by people, without what is sensitive", async () => {
    const mail = await mailOf({ addresses: [A, B] });
    expect(mail.email.text).toBe(
      '{\n  "event_type": "user.login",\n  "payload": {\n    "User": "rosa",\n    "Password": "***"\n  }\n}\n',
    );
    expect(mail.raw).toContain("Content-Type: text/plain; charset=utf-8");
    expect(mail.raw).not.toContain(SECRET_VALUE);
    expect(mail.email.html).toBeUndefined();
    expect({ from: mail.from, to: mail.to }).toEqual({ from: "no-reply@example.org", to: [A, B] });
    expect(mail.email.to?.map(({ address }) => address)).toEqual([A, B]);
    expect(mail.email.subject).toBe("news");
  });

  it("comes from who the settings say, with a name or without", async () => {
    const sink = await sinkOf({ settings: { from: "Événements <events@mail.example.org>" } });
    await (await notifierAt(sink)).notify(notificationOf(), noEnd());
    const [mail] = sink.mails;
    expect(mail?.from).toBe("events@mail.example.org");
    expect(mail?.email.from).toEqual({ name: "Événements", address: "events@mail.example.org" });
    expect(mail?.email.messageId).toMatch(/@mail\.example\.org>$/);
  });

  it("can be recognised by programs", async () => {
    const mail = await mailOf({});
    const headers = Object.fromEntries(mail.email.headers.map(({ key, value }) => [key, value]));
    expect(headers).toMatchObject({
      "auto-submitted": "auto-generated",
      "x-xqbus-event-id": "id-rosa",
      "x-xqbus-event-type": "user.login",
      "x-xqbus-listener": "5081a42ce19a00ea4300000e",
      "x-xqbus-delivery": "delivery-rosa",
      "message-id": "<5081a42ce19a00ea4300000e.delivery-rosa@example.org>",
    });
    expect(headers).not.toHaveProperty("x-xqbus-test");
  });

  it("has the same Message-ID at every attempt, and another one for another delivery", async () => {
    const sink = await sinkOf();
    const notifier = await notifierAt(sink);
    for (const attempt of [1, 2]) await notifier.notify(notificationOf("rosa", { attempt }), noEnd());
    await notifier.notify(notificationOf("ann"), noEnd());
    const ids = sink.mails.map(({ email }) => email.messageId);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it("has values of the event in subject, text and HTML", async () => {
    const mail = await mailOf({
      subject: "{{event_type}} of {{ payload.User }}, id {{ notification.id }}",
      text: "{{ payload.User }} at {{ notification.time }}: {{ payload.Password }}",
      html: "<b>{{ payload.User }}</b><pre>{{ document }}</pre>",
    }, notificationOf("rosa", { event: login("&lt;i>&amp;") }));
    expect(mail.email.subject).toBe("user.login of <i>&, id id-rosa");
    expect(mail.email.text?.trimEnd()).toBe("<i>& at 2026-01-02T03:04:05.678Z: ***");
    expect(mail.email.html).toContain("<b>&#60;i&#62;&#38;</b><pre>{\n  &#34;event_type&#34;");
  }); // prettier-ignore

  it("cannot get header fields from an event", async () => {
    const mail = await mailOf(
      { subject: "login\r\nBcc: x@example.org {{ payload.User }}" },
      notificationOf("rosa", {
        event: login("a&#13;&#10;Bcc: y@example.org&#13;&#10;&#13;&#10;body"),
        id: "1\r\nBcc: z@example.org",
        delivery: "1>\r\nBcc: z@example.org",
      }),
    );
    expect(mail.email.headers.map(({ key }) => key)).not.toContain("bcc");
    expect(mail.email.subject).toBe("login Bcc: x@example.org a Bcc: y@example.org body");
    expect(mail.to).toEqual([A]);
    expect(mail.email.messageId).toBe("<5081a42ce19a00ea4300000e.1---Bcc--z-example.org@example.org>");
  });

  it("is cut where it is very long, and says so", async () => {
    const mail = await mailOf(
      { subject: "{{ payload.User }}" },
      notificationOf("rosa", { event: login("x".repeat(2_000_000)) }),
    );
    expect(mail.email.subject).toHaveLength(250);
    expect(mail.email.text).toMatch(/x\n\(cut here: the text is longer than 1048576 characters\)\s*$/);
  });

  it("keeps texts in any script", async () => {
    const mail = await mailOf({ subject: "Grüße an {{ payload.User }}" }, notificationOf("розa 🌹"));
    expect(mail.email.subject).toBe("Grüße an розa 🌹");
    expect(mail.email.text).toContain('"User": "розa 🌹"');
  });

  it("starts with a dot where the text does", async () => {
    const mail = await mailOf({ text: ".\r\n.{{ payload.User }}\r\n." });
    expect(mail.email.text?.trimEnd()).toBe(".\n.rosa\n.");
  });
});

describe("a template", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await loadCatalog();
  });
  afterAll(() => catalog.close());

  const email = {
    host: "mail.example.org",
    port: 25,
    tls: "none",
    from: A,
    maxConnections: 1,
    timeoutMs: 1000,
  } as const;
  const problemOf = (subject: string, eventTypes?: readonly string[]): string => {
    const context = {
      catalog,
      settings: { email, messaging: {}, network: { allow: [] }, commands: [] },
      busUrl: "",
      eventTypes,
    };
    try {
      emailNotifier.check({ addresses: [A], subject }, context);
    } catch (error) {
      return (error as Error).message.replace("field subject of the email listener has the place ", "");
    }
    return "none";
  };

  it.each([
    ["{{ payload.repo_id }}", ["repo.sync.start", "RepoSyncFinish"], "none"],
    ["{{ payload.repo_id }}", undefined, "none"],
    ["{{ payload.repo_id }}", ["*"], "none"],
    ["{{ call_report.tags }} {{ call_report.tags.0 }} {{ call_report.reasons.operation }}", ["repo.sync.start"], "none"],
    ["{{ call_report.progress.anything.at.all }}", ["repo.sync.start"], "none"],
    [
      "{{ payload.items_imported }}",
      ["repo.sync.finish", "repo.sync.start"],
      '{{ payload.items_imported }}, which the event type repo.sync.start does not have',
    ],
    [
      "{{ payload.items_importd }}",
      ["repo.sync.finish"],
      '{{ payload.items_importd }}, which the event type repo.sync.finish does not have (did you mean "payload.items_imported"?)',
    ],
    [
      "{{ payload.Statsu }}",
      ["PhoneStatus"],
      '{{ payload.Statsu }}, which the event type PhoneStatus does not have (did you mean "payload.Status"?)',
    ],
    [
      "{{ payload.Status.Text }}",
      ["PhoneStatus"],
      '{{ payload.Status.Text }}, which the event type PhoneStatus does not have (did you mean "payload.Status"?)',
    ],
    ["{{ notification.ids }}", ["PhoneStatus"], '{{ notification.ids }}, which the event type PhoneStatus does not have (did you mean "notification.id"?)'],
    ["{{ payload.Argument.@name }} {{ payload.Argument.#text }}", ["MicroserviceEvent"], "none"],
    ["{{ constructor }}", undefined, "{{ constructor }}, which no event type has"],
  ] as const)("%s of %j: %s", (subject, eventTypes, problem) => {
    expect(problemOf(subject, eventTypes)).toBe(problem);
  }); // prettier-ignore

  it("has lists with commas between, nothing for null, and JSON for what has parts", async () => {
    const e = EventMaker(catalog);
    const event = e.Event(
      e.RepoSyncStart({
        call_report: {
          task_id: "t-1",
          tags: ["x", "y"],
          reasons: [
            { resource_type: "repository", resource_id: "1", operation: "update" },
            { resource_type: "repository", resource_id: "2", operation: "delete" },
          ],
          state: "waiting",
          result: { entry: [{ "@key": "added", "@value": "3" }, { "@key": "removed" }] },
          progress: {},
        },
        payload: { repo_id: "base" },
      }),
    );
    const sink = await sinkOf();
    const context = { ...(await contextOf({ email: sink.settings })), catalog };
    const text =
      "{{ call_report.tags }}|{{ call_report.tags.1 }}|{{ call_report.tags.2 }}|{{ call_report.exception }}|" +
      "{{ call_report.reasons.operation }}|{{ call_report.progress }}|{{ payload }}|" +
      "{{ call_report.result.added }}|{{ call_report.result.removed }}|{{ call_report.result.other }}";
    const notifier = await emailNotifier.open(
      emailNotifier.check({ addresses: [A], subject: "x", text }, context),
      context,
    );
    afterTest(() => notifier.close());
    await notifier.notify(notificationOf("rosa", { event, type: "repo.sync.start" }), noEnd());
    expect(sink.mails[0]?.email.text?.trimEnd()).toBe('x, y|y|||update, delete|{}|{"repo_id":"base"}|3||');
  });
});

describe("a mail server that does not take a mail", () => {
  it("may put it off: it is tried again", async () => {
    let isGrey = true;
    const sink = await sinkOf({ rcptTo: () => (isGrey ? "450 4.2.0 Greylisted, come back in 5 minutes" : undefined) });
    const notifier = await notifierAt(sink);
    const failure = await failureAt(notifier);
    expect(failure).toMatchObject({ code: "xqbus:notify-failed", status: 450, isPermanent: false });
    expect(failure.message).toBe(
      `mail by 127.0.0.1:${sink.settings.port}: 0 of 1 recipients have it; the next attempt is for those that were put off; ` +
        `${A}: 450 4.2.0 Greylisted, come back in 5 minutes`,
    );
    expect(failure.excerpt).toContain("Greylisted");
    isGrey = false;
    expect(await notifier.notify(notificationOf(), noEnd())).toMatchObject({ status: 250 });
    expect(sink.mails).toHaveLength(1);
  });

  it("may refuse a recipient for good: nobody tries again", async () => {
    const failure = await failureOf({ rcptTo: () => "550 5.1.1 No such user" });
    expect(failure).toMatchObject({ status: 550, isPermanent: true });
    expect(failure.message).toBe(`mail by 127.0.0.1:25: 0 of 1 recipients have it; ${A}: 550 5.1.1 No such user`);
  });

  it("may refuse one of several recipients: the others have it, and the failure tells who has not", async () => {
    const sink = await sinkOf({ rcptTo: (address) => (address === B ? "550 5.1.1 No such user" : undefined) });
    const notifier = await notifierAt(sink, { addresses: [A, B, C] });
    const failure = await failureAt(notifier);
    expect(failure).toMatchObject({ status: 550, isPermanent: true });
    expect(failure.message).toContain(`2 of 3 recipients have it; ${B}: 550 5.1.1 No such user`);
    expect(sink.mails.map(({ to }) => to)).toEqual([[A, C]]);
    // Whoever delivers the dead letter again means the one that did not get it.
    await failureAt(notifier);
    expect(sink.mails.map(({ to }) => to)).toEqual([[A, C]]);
  });

  it("may put off one and refuse another: the next attempt is for the first alone", async () => {
    let isGrey = true;
    const sink = await sinkOf({
      rcptTo: (address) =>
        address === B ? "550 5.1.1 No such user" : address === C && isGrey ? "451 4.7.1 Later" : undefined,
    });
    const notifier = await notifierAt(sink, { addresses: [A, B, C] });
    expect(await failureAt(notifier)).toMatchObject({ status: 451, isPermanent: false });
    isGrey = false;
    const failure = await failureAt(notifier);
    expect(failure).toMatchObject({ isPermanent: true });
    expect(failure.message).toContain(`2 of 3 recipients have it; ${B}: 550 5.1.1 No such user`);
    expect(sink.mails.map(({ to }) => to)).toEqual([[A], [C]]);
    expect(new Set(sink.mails.map(({ email }) => email.messageId)).size).toBe(1);
  });

  it("tells of a recipient in another script as of any other", async () => {
    let said: string | undefined = "451 4.7.1 Later";
    const sink = await sinkOf({ rcptTo: (address) => (address.startsWith("b@") ? said : undefined) });
    const notifier = await notifierAt(sink, { addresses: [A, "b@Bücher.example"] });
    const failure = await failureAt(notifier);
    expect(failure).toMatchObject({ status: 451, isPermanent: false });
    expect(failure.message).toContain("1 of 2 recipients have it");
    said = undefined;
    expect(await notifier.notify(notificationOf(), noEnd())).toMatchObject({ status: 250 });
    expect(sink.mails.map(({ to }) => to)).toEqual([[A], ["b@bücher.example"]]);
  });

  it("has taken it for a recipient who is named twice", async () => {
    const sink = await sinkOf();
    const notifier = await notifierAt(sink, { addresses: [A, B, A, "A@Example.org"] });
    expect(await notifier.notify(notificationOf(), noEnd())).toMatchObject({ status: 250 });
    expect(sink.mails.map(({ to }) => to)).toEqual([[A, B]]);
  });

  const steps: readonly (readonly [string, SinkOptions, number, boolean])[] = [
    ["refuse the sender", { mailFrom: () => "553 5.1.8 Sender refused" }, 553, true],
    ["put off the sender", { mailFrom: () => "452 4.3.1 Disk full" }, 452, false],
    ["want a login", { mailFrom: () => "530 5.7.0 Authentication required" }, 530, false],
    ["refuse the text", { data: () => "554 5.7.1 Looks like spam" }, 554, true],
    ["put off the text", { data: () => "451 4.3.0 Later" }, 451, false],
    ["refuse all connections", { connect: () => "554 5.3.2 Not now" }, 554, false],
    ["be at its limit", { connect: () => "421 4.7.0 Too many connections" }, 421, false],
  ];

  it.each(steps)("may %s", async (_, options, status, isPermanent) => {
    const failure = await failureOf(options);
    expect(failure).toMatchObject({ code: "xqbus:notify-failed", status, isPermanent });
    expect(failure.message).toMatch(/^mail by 127\.0\.0\.1:25: [^\r\n]+$/);
  });

  it("may end the connection in the middle", async () => {
    expect(await failureOf({ data: () => "drop" })).toMatchObject({ code: "xqbus:notify-failed", isPermanent: false });
  });

  it("may be slow beyond its time", async () => {
    const failure = await failureOf({ settings: { timeoutMs: 50 }, rcptTo: () => "hang" });
    expect(failure).toMatchObject({ code: "xqbus:notify-failed", isPermanent: false, status: undefined });
  });

  it("may not be there", async () => {
    const sink = await sinkOf();
    const notifier = await notifierAt(sink);
    await sink.stop();
    const failure = await failureAt(notifier);
    expect(failure).toMatchObject({ code: "xqbus:notify-failed", isPermanent: false });
    expect(failure.message).toContain("ECONNREFUSED");
  });

  it("may not do TLS although it is wanted", async () => {
    expect(await failureOf({ settings: { tls: "starttls" } })).toMatchObject({ isPermanent: false });
  });
});

describe("the connections to the mail server", () => {
  it("are shared by all listeners", async () => {
    const sink = await sinkOf({ settings: { maxConnections: 2 } });
    const notifiers = await Promise.all(Array.from({ length: 10 }, () => notifierAt(sink)));
    await Promise.all(notifiers.map((notifier, n) => notifier.notify(notificationOf(`user-${n}-`), noEnd())));
    expect(sink.mails).toHaveLength(10);
    expect(sink.connections).toBeLessThanOrEqual(2);
    await Promise.all(notifiers.slice(1).map((notifier) => notifier.close()));
    await notifiers[0]!.notify(notificationOf(), noEnd());
    await notifiers[0]!.close();
    await until(() => expect(sink.sockets.size).toBe(0));
  });

  it("need the section [email]", async () => {
    const context = await contextOf();
    const config = { addresses: [A], subject: "x" };
    const missing = {
      code: "xqbus:illegal-argument",
      message: "no e-mail can be sent: the configuration needs a section [email] with host and from",
    };
    expect(() => emailNotifier.check(config, context)).toThrow(expect.objectContaining(missing) as Error);
    // The section may be gone at the next start.
    await expect(emailNotifier.open(config, context)).rejects.toMatchObject(missing);
  });

  it("log in", async () => {
    const logins: unknown[] = [];
    const withLogin: SMTPServerOptions = {
      authOptional: false,
      authMethods: ["PLAIN"],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) => {
        logins.push([username, password]);
        if (password === "right") callback(null, { user: username });
        else callback(Object.assign(new Error("Authentication failed"), { responseCode: 535 }));
      },
    };
    const sink = await sinkOf({ server: withLogin, settings: { user: "me", password: "right" } });
    await (await notifierAt(sink)).notify(notificationOf(), noEnd());
    expect(logins).toEqual([["me", "right"]]);

    const failure = await failureOf({ server: withLogin, settings: { user: "me", password: "wr0ng" } });
    expect(failure).toMatchObject({ status: 535, isPermanent: false });
    expect(failure.message).not.toContain("wr0ng");
  });
});

describeWith([OPENSSL], "TLS to the mail server", () => {
  let folder: string;
  let certificates: Certificates;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-mail-"));
    certificates = makeCertificates(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const server = (more: SMTPServerOptions = {}): SMTPServerOptions => ({
    key: certificates.serverKey,
    cert: certificates.serverCert,
    disabledCommands: [],
    ...more,
  });

  it.each(["starttls", "implicit"] as const)("works as %s", async (tls) => {
    let isSecure = false;
    const sink = await sinkOf({
      server: server({
        secure: tls === "implicit",
        onSecure: (_socket, _session, callback) => {
          isSecure = true;
          callback();
        },
      }),
      settings: { tls, tlsCa: certificates.ca },
    });
    await (await notifierAt(sink)).notify(notificationOf(), noEnd());
    expect(sink.mails).toHaveLength(1);
    expect(isSecure).toBe(true);
  });

  it.each(["starttls", "implicit"] as const)(
    "fails as %s when nobody it trusts signed the certificate",
    async (tls) => {
      for (const tlsCa of [certificates.otherCa, undefined]) {
        const failure = await failureOf({ server: server({ secure: tls === "implicit" }), settings: { tls, tlsCa } });
        expect(failure).toMatchObject({ code: "xqbus:notify-failed", isPermanent: false });
        expect(failure.message).toMatch(/certificate/);
      }
    },
  );

  it("is not used as none", async () => {
    const sink = await sinkOf({ server: server() });
    await (await notifierAt(sink)).notify(notificationOf(), noEnd());
    expect(sink.mails[0]?.raw).toBeDefined();
  });
});
