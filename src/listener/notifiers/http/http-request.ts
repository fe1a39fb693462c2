import type { Catalog } from "../../../schema/index.ts";
import { notificationDocument } from "../../notification-document.ts";
import type { Notification } from "../../notifier.ts";
import { notificationBody, type NotificationBody } from "../notification-body.ts";
import { printable } from "../printable.ts";
import { cloudEventAttributes, cloudEventHeaders, structuredCloudEvent } from "./cloud-event.ts";
import { headersOf } from "./extra-headers.ts";
import type { HttpConfig } from "./http-config.ts";
import { signingKey, webhookSignature } from "./sign.ts";

/** The header fields and the body of one call. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

type Headers = Readonly<Record<string, string>>;

/** Makes the calls of one listener. */
export class HttpRequestMaker {
  readonly #config: HttpConfig;
  readonly #catalog: Catalog;
  readonly #source: string;
  readonly #keys: readonly Uint8Array[];
  readonly #always: Headers;

  /** @param source of CloudEvents, a URI reference */
  constructor(config: HttpConfig, catalog: Catalog, source: string) {
    this.#config = config;
    this.#catalog = catalog;
    this.#source = source;
    this.#keys = (config.signingSecrets ?? []).map(signingKey).filter((key) => key !== undefined);
    this.#always = { "user-agent": "xqbus", ...headersOf(config.headers ?? []), ...authorization(config) };
  }

  /** @param now ms since 1970: when the call is made and signed */
  make(notification: Notification, now: number): HttpRequest {
    const { body, headers } = this.#content(notification);
    const { delivery, type, traceparent, isTest } = notification;
    // The same at each attempt and for each repetition, so that receivers recognise them (Standard Webhooks, "webhook-id").
    const id = printable(notification.id);
    const timestamp = Math.floor(now / 1_000);
    return {
      body: body.bytes,
      headers: {
        ...this.#always,
        "content-type": body.contentType,
        ...headers,
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        ...(this.#keys.length === 0
          ? {}
          : { "webhook-signature": webhookSignature(this.#keys, { id, timestamp, body: body.bytes }) }),
        "xqbus-event-type": printable(type),
        "xqbus-delivery": printable(delivery),
        ...(traceparent === undefined ? {} : { traceparent: printable(traceparent) }),
        ...(isTest ? { "xqbus-test": "true" } : {}),
      },
    };
  }

  #content(notification: Notification): { body: NotificationBody; headers: Headers } {
    const { format = "json", mask = false } = this.#config;
    if (format === "json" || format === "xml") {
      return { body: notificationBody(notification, this.#catalog, { format, mask }), headers: {} };
    }
    const attributes = cloudEventAttributes(notification, this.#source);
    if (format === "cloudevents-binary") {
      const body = notificationBody(notification, this.#catalog, { format: "json", mask });
      return { body, headers: cloudEventHeaders(attributes) };
    }
    const document = notificationDocument(notification, this.#catalog, { mask });
    const bytes = Buffer.from(structuredCloudEvent(attributes, document));
    return { body: { contentType: "application/cloudevents+json; charset=utf-8", bytes }, headers: {} };
  }
}

function authorization({ user, password = "", token }: HttpConfig): Headers {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (user === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}
