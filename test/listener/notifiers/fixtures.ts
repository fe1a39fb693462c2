import { afterEach, vi } from "vitest";
import { Event } from "../../../src/event/index.ts";
import type { Notification, NotifierContext, NotifierSettings } from "../../../src/listener/index.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { catalogWith, EVENTS, xsd } from "../../schema/harness.ts";

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Is called after the test, those that were given last first. */
export function afterTest(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

export async function until(claim: () => unknown): Promise<void> {
  await vi.waitFor(claim, { timeout: 20_000, interval: 5 });
}

/** A signal that nobody aborts. */
export function noEnd(): AbortSignal {
  return new AbortController().signal;
}

export const SECRET_VALUE = "s3cr3t-of-the-event";

let known: Promise<Catalog> | undefined;

/** Has the event type Login with a user, and a password that is sensitive. */
export function loginCatalog(): Promise<Catalog> {
  const sensitive = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;
  known ??= catalogWith({
    "Login.xsd": xsd(`<xs:element name="Login"><xs:complexType><xs:sequence>
      <xs:element name="User" type="xs:string"/>
      <xs:element name="Password" type="xs:string">${sensitive}</xs:element>
    </xs:sequence></xs:complexType></xs:element>`),
  });
  return known;
}

/** The event that the suites tell of; users let a test know one from the other. */
export function login(user: string): Event {
  return Event.parse(
    `<?xml version="1.0"?>\n<Event xmlns="${EVENTS}"><Login><User>${user}</User><Password>${SECRET_VALUE}</Password></Login></Event>`,
  );
}

/** A notification of a login. */
export function notificationOf(user: string = "rosa", more: Partial<Notification> = {}): Notification {
  return {
    delivery: `delivery-${user}`,
    listener: "5081a42ce19a00ea4300000e",
    attempt: 1,
    id: `id-${user}`,
    type: "user.login",
    subject: "org.clacks.event.Login",
    time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    traceparent: undefined,
    event: login(user),
    isTest: false,
    ...more,
  };
}

/** What notifiers may use, with settings that forbid all that can be forbidden. */
export async function contextOf(
  settings: Partial<NotifierSettings> = {},
  busUrl: string = "amqp://127.0.0.1:1/org.clacks",
): Promise<NotifierContext> {
  return {
    catalog: await loginCatalog(),
    settings: { messaging: {}, network: { allow: [] }, commands: [], ...settings },
    busUrl,
  };
}
