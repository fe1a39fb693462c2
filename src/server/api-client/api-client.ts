import type { Action, ActionInput, Workflow, WorkflowRunReport } from "../../action/index.ts";
import type { WaitLimits } from "../../amqp/index.ts";
import type { ConnectionInfo, QueueInfo, SubscriptionInfo } from "../../broker/index.ts";
import type { FilterLanguage } from "../../filter/index.ts";
import type { DeliveryQuery, DeliveryRecord, Listener, ListenerInput, ListenerTest } from "../../listener/index.ts";
import type {
  ProducerChange,
  ProducerOptions,
  ProducerState,
  RelayReport,
  RemovedProducers,
} from "../../producer/index.ts";
import type { DeadLetter, DeadLetterChange, DeadLetterGroup, DeadLetterQuery } from "../dead-letters/dead-letter.ts";
import type { LivingMember } from "../../cluster/index.ts";
import type {
  DiscardedEvent,
  Route,
  RouteChange,
  RouteEnd,
  RouteInput,
  RoutePage,
  WaitingPage,
  WaitingQuery,
} from "../../router/index.ts";
import type { HealthReport } from "../health.ts";
import type { TaskletReport } from "../tasklet-records/index.ts";
import type { Deletion, NewTrigger, ShownTrigger } from "../triggers.ts";
import type {
  ApiKey,
  AuditEntry,
  AuditQuery,
  BrokerState,
  EventTimeline,
  EventTypeDetails,
  EventTypeSummary,
  FilterCheckAnswer,
  FilterExplanation,
  MessagesChanged,
  NewApiKey,
  PublishedEvent,
} from "./answers.ts";
import { ArchiveCalls } from "./archive-calls.ts";
import { RunCalls, runsOfPages } from "./run-calls.ts";
import { ApiConnection, type ApiClientOptions, type ApiRequest } from "./api-connection.ts";

/** A list of the API. */
interface Items<T> {
  readonly items: readonly T[];
}

type DryRun = WaitLimits & { readonly dryRun?: boolean };

/**
 * The HTTP API of a daemon as functions, one group for each noun. What they throw has the code and the sentence of the error there;
 * see {@link ApiConnection.ask}. Every call takes `timeoutMs` and `signal` last.
 */
export class ApiClient {
  readonly #connection: ApiConnection;
  readonly archive: ArchiveCalls;
  readonly runs: RunCalls;

  /**
   * @param url `http://127.0.0.1:8672`, also with key and secret in it: `http://xk_…:secret@127.0.0.1:8672`
   * @throws XqbusError `xqbus:illegal-argument`
   */
  constructor(url: string, options: ApiClientOptions = {}) {
    this.#connection = new ApiConnection(url, options);
    this.archive = new ArchiveCalls(this.#connection);
    this.runs = new RunCalls(this.#connection);
  }

  /** Where the API is, without credentials. */
  get url(): string {
    return this.#connection.url;
  }

  /** Whether the daemon can do its work. */
  health(limits?: WaitLimits): Promise<HealthReport> {
    return this.#connection.ask(["readyz"], { accepted: [503] }, limits);
  }

  readonly eventTypes = {
    list: (limits?: WaitLimits): Promise<readonly EventTypeSummary[]> => this.#items(["event-types"], {}, limits),
    get: (name: string, limits?: WaitLimits): Promise<EventTypeDetails> =>
      this.#connection.ask(["event-types", name], {}, limits),
    sample: async (name: string, options: WaitLimits & { readonly seed?: number } = {}): Promise<string> => {
      const query = { seed: options.seed };
      const { document } = await this.#connection.ask<{ document: string }>(
        ["event-types", name, "sample"],
        { query },
        options,
      );
      return document;
    },
  } as const;

  readonly events = {
    /** @param event XML as text or bytes, or the object of the JSON form */
    publish: (event: string | Uint8Array | object, options: SendingOptions = {}): Promise<PublishedEvent> =>
      this.#connection.ask(["events"], { ...eventBody(event), ...sendingOf(options) }, options),
    /** A routing key and a tag string, as PyLabs has them. */
    publishTags: (
      routingKey: string,
      tagString: string,
      options: Omit<SendingOptions, "routingKey"> = {},
    ): Promise<PublishedEvent> =>
      this.#connection.ask(
        ["events"],
        { method: "POST", body: tagString, contentType: "text/plain", ...sendingOf({ ...options, routingKey }) },
        options,
      ),
    /** @throws ApiError with all problems of an event that is not valid */
    validate: (event: string | Uint8Array | object, limits?: WaitLimits): Promise<{ readonly type: string }> =>
      this.#connection.ask(["events", "validate"], eventBody(event), limits),
    trace: (id: string, limits?: WaitLimits): Promise<EventTimeline> =>
      this.#connection.ask(["events", id, "trace"], {}, limits),
  } as const;

  readonly consumers = {
    report: (report: TaskletReport, limits?: WaitLimits): Promise<{ readonly keptAt: number }> =>
      this.#post(["consumer-reports"], report, limits),
  } as const;

  readonly filters = {
    check: (query: string, options: WaitLimits & FilterReading = {}): Promise<FilterCheckAnswer> =>
      this.#post(["filters", "check"], { query, ...readingOf(options) }, options),
    explain: (query: string, event: string, options: WaitLimits & FilterReading = {}): Promise<FilterExplanation> =>
      this.#post(["filters", "explain"], { query, event, ...readingOf(options) }, options),
  } as const;

  readonly listeners = {
    list: (limits?: WaitLimits): Promise<readonly Listener[]> => this.#items(["listeners"], {}, limits),
    get: (id: string, limits?: WaitLimits): Promise<Listener> => this.#connection.ask(["listeners", id], {}, limits),
    create: (input: ListenerInput, limits?: WaitLimits): Promise<Listener> => this.#post(["listeners"], input, limits),
    update: (id: string, change: Partial<ListenerInput>, limits?: WaitLimits): Promise<Listener> =>
      this.#connection.ask(["listeners", id], { method: "PATCH", body: change }, limits),
    delete: (id: string, options: DryRun = {}): Promise<{ readonly waiting: number }> =>
      this.#connection.ask(["listeners", id], { method: "DELETE", query: { dryRun: options.dryRun } }, options),
    pause: (id: string, limits?: WaitLimits): Promise<Listener> => this.#post(["listeners", id, "pause"], {}, limits),
    resume: (id: string, limits?: WaitLimits): Promise<Listener> => this.#post(["listeners", id, "resume"], {}, limits),
    test: (id: string, options: WaitLimits & { readonly eventType?: string } = {}): Promise<ListenerTest> =>
      this.#post(
        ["listeners", id, "test"],
        options.eventType === undefined ? {} : { eventType: options.eventType },
        options,
      ),
  } as const;

  readonly deliveries = {
    list: (query: DeliveryQuery = {}, limits?: WaitLimits): Promise<readonly DeliveryRecord[]> =>
      this.#items(["deliveries"], { query: { ...query } }, limits),
    get: (id: string, limits?: WaitLimits): Promise<DeliveryRecord> =>
      this.#connection.ask(["deliveries", id], {}, limits),
    retry: (id: string, limits?: WaitLimits): Promise<DeliveryRecord> =>
      this.#post(["deliveries", id, "retry"], {}, limits),
  } as const;

  readonly deadLetters = {
    list: (query: DeadLetterQuery = {}, limits?: WaitLimits): Promise<readonly DeadLetter[]> =>
      this.#items(["dead-letters"], { query: { ...query } }, limits),
    groups: (query: DeadLetterQuery = {}, limits?: WaitLimits): Promise<readonly DeadLetterGroup[]> =>
      this.#items(["dead-letters", "groups"], { query: { ...query } }, limits),
    /** @param options `raw`: with the values of sensitive fields, for which scope `dead-letter:write` is needed */
    show: async (
      id: string,
      options: WaitLimits & { readonly raw?: boolean } = {},
    ): Promise<DeadLetter & { readonly document: Uint8Array }> => {
      const { document, encoding, ...letter } = await this.#connection.ask<
        DeadLetter & { readonly document: string; readonly encoding: "utf8" | "base64" }
      >(["dead-letters", id], { query: { raw: options.raw } }, options);
      return { ...letter, document: Buffer.from(document, encoding) };
    },
    redrive: (query: DeadLetterQuery, options: DryRun = {}): Promise<DeadLetterChange> =>
      this.#post(["dead-letters", "redrive"], { ...query, dryRun: options.dryRun }, options),
    delete: (query: DeadLetterQuery, options: DryRun = {}): Promise<DeadLetterChange> =>
      this.#post(["dead-letters", "delete"], { ...query, dryRun: options.dryRun }, options),
  } as const;

  readonly broker = {
    get: (limits?: WaitLimits): Promise<BrokerState> => this.#connection.ask(["broker"], {}, limits),
    connections: (limits?: WaitLimits): Promise<readonly ConnectionInfo[]> =>
      this.#items(["broker", "connections"], {}, limits),
    queues: (limits?: WaitLimits): Promise<readonly QueueInfo[]> => this.#items(["broker", "queues"], {}, limits),
    subscriptions: (limits?: WaitLimits): Promise<readonly SubscriptionInfo[]> =>
      this.#items(["broker", "subscriptions"], {}, limits),
    closeConnection: (id: number, limits?: WaitLimits): Promise<void> =>
      this.#connection.ask(["broker", "connections", String(id)], { method: "DELETE" }, limits),
    purge: (address: string, options: DryRun = {}): Promise<MessagesChanged> =>
      this.#post(["broker", "queues", "purge"], { address, dryRun: options.dryRun }, options),
    delete: (address: string, options: DryRun = {}): Promise<MessagesChanged> =>
      this.#post(["broker", "queues", "delete"], { address, dryRun: options.dryRun }, options),
    move: (from: string, to: string, options: DryRun & { readonly max?: number } = {}): Promise<MessagesChanged> =>
      this.#post(["broker", "queues", "move"], { from, to, max: options.max, dryRun: options.dryRun }, options),
    replay: (topic: string, options: DryRun & { readonly max?: number } = {}): Promise<MessagesChanged> =>
      this.#post(["broker", "topics", "replay"], { topic, max: options.max, dryRun: options.dryRun }, options),
  } as const;

  readonly actions = {
    list: (limits?: WaitLimits): Promise<readonly Action[]> => this.#items(["actions"], {}, limits),
    get: (idOrName: string, limits?: WaitLimits): Promise<Action> =>
      this.#connection.ask(["actions", idOrName], {}, limits),
    create: (input: ActionInput, limits?: WaitLimits): Promise<Action> => this.#post(["actions"], input, limits),
    update: (idOrName: string, change: Partial<ActionInput>, limits?: WaitLimits): Promise<Action> =>
      this.#connection.ask(["actions", idOrName], { method: "PATCH", body: change }, limits),
    delete: (idOrName: string, options: DryRun = {}): Promise<Deletion> =>
      this.#connection.ask(["actions", idOrName], { method: "DELETE", query: { dryRun: options.dryRun } }, options),
    /** @param content of the event: rows, or other data of JSON */
    start: (id: string, content: unknown, limits?: WaitLimits): Promise<{ readonly id: string }> =>
      this.#connection.ask(["dpe", "v3", "actions", id, "start"], { method: "POST", body: content }, limits),
    /** What starts an action or workflow. */
    triggers: (idOrName: string, limits?: WaitLimits): Promise<readonly ShownTrigger[]> =>
      this.#items(["actions", idOrName, "triggers"], {}, limits),
    addTrigger: (idOrName: string, trigger: NewTrigger, limits?: WaitLimits): Promise<ShownTrigger> =>
      this.#post(["actions", idOrName, "triggers"], trigger, limits),
    removeTrigger: (idOrName: string, trigger: string, limits?: WaitLimits): Promise<void> =>
      this.#connection.ask(["actions", idOrName, "triggers", trigger], { method: "DELETE" }, limits),
  } as const;

  readonly workflows = {
    list: (limits?: WaitLimits): Promise<readonly WorkflowEntry[]> => this.#items(["workflows"], {}, limits),
    get: (idOrName: string, limits?: WaitLimits): Promise<WorkflowEntry> =>
      this.#connection.ask(["workflows", idOrName], {}, limits),
    create: (given: WorkflowText, limits?: WaitLimits): Promise<WorkflowEntry> =>
      this.#post(["workflows"], given, limits),
    update: (idOrName: string, given: WorkflowText, limits?: WaitLimits): Promise<WorkflowEntry> =>
      this.#connection.ask(["workflows", idOrName], { method: "PATCH", body: given }, limits),
    check: (given: WorkflowText, limits?: WaitLimits): Promise<{ readonly name: string; readonly steps: number }> =>
      this.#post(["workflows", "check"], given, limits),
    delete: (
      idOrName: string,
      options: DryRun = {},
    ): Promise<{ readonly name: string } & Omit<Deletion, "workflows">> =>
      this.#connection.ask(["workflows", idOrName], { method: "DELETE", query: { dryRun: options.dryRun } }, options),
    /** @param content what its steps get: rows, or other data of JSON */
    start: (id: string, content: unknown, limits?: WaitLimits): Promise<{ readonly id: string }> =>
      this.#connection.ask(["dpe", "v3", "workflows", id, "start"], { method: "POST", body: content }, limits),
    /** The latest runs. */
    runs: (idOrName: string, limits?: WaitLimits): Promise<readonly WorkflowRunReport[]> =>
      runsOfPages(this.#connection, ["workflows", idOrName, "runs"], {}, limits),
    run: (id: string, limits?: WaitLimits): Promise<WorkflowRunReport> =>
      this.#connection.ask(["workflow-runs", id], {}, limits),
  } as const;

  /** Subscriptions of the router. */
  readonly routes = {
    list: async (limits?: WaitLimits): Promise<readonly Route[]> => {
      const routes: Route[] = [];
      for (let after: string | undefined, isMore = true; isMore; isMore = after !== undefined) {
        const page: RoutePage = await this.#connection.ask(["routes"], { query: { after } }, limits);
        routes.push(...page.items);
        after = page.next;
      }
      return routes;
    },
    get: (name: string, limits?: WaitLimits): Promise<Route> => this.#connection.ask(["routes", name], {}, limits),
    put: (name: string, input: RouteInput, options: DryRun = {}): Promise<RouteChange> =>
      this.#connection.ask(
        ["routes", name],
        { method: "PUT", body: input, query: { dryRun: options.dryRun } },
        options,
      ),
    delete: (name: string, options: DryRun = {}): Promise<RouteEnd> =>
      this.#connection.ask(["routes", name], { method: "DELETE", query: { dryRun: options.dryRun } }, options),
    /** What its queue does not take, the oldest first. */
    waiting: (name: string, { after, limit, ...limits }: WaitingQuery & WaitLimits = {}): Promise<WaitingPage> =>
      this.#connection.ask(["routes", name, "waiting"], { query: { after, limit } }, limits),
    discard: (name: string, id: number, options: DryRun = {}): Promise<DiscardedEvent> =>
      this.#connection.ask(
        ["routes", name, "waiting", `${id}`],
        { method: "DELETE", query: { dryRun: options.dryRun } },
        options,
      ),
  } as const;

  /** The daemons that serve the bus together. */
  members(limits?: WaitLimits): Promise<readonly MemberEntry[]> {
    return this.#items(["members"], {}, limits);
  }

  /** Relays, and the producers of their databases; `database` is a name of `[databases]`. */
  readonly producers = {
    list: (limits?: WaitLimits): Promise<readonly RelayReport[]> => this.#items(["producers"], {}, limits),
    get: (database: string, limits?: WaitLimits): Promise<OutboxReport> =>
      this.#connection.ask(["producers", database], {}, limits),
    install: (
      database: string,
      producer: ProducerOptions & { readonly dryRun?: boolean },
      limits?: WaitLimits,
    ): Promise<ProducerChange> => this.#post(["producers", database, "tables"], producer, limits),
    /** `discard`: also where events are in the outbox, which are lost then. */
    uninstall: (
      database: string,
      table: string,
      options: DryRun & { readonly discard?: boolean } = {},
    ): Promise<RemovedProducers> => {
      const query = { dryRun: options.dryRun, discard: options.discard };
      return this.#connection.ask(["producers", database, "tables", table], { method: "DELETE", query }, options);
    },
    /** @returns how many parked events are tried again */
    retry: async (database: string, options: DryRun = {}): Promise<number> => {
      const request = { method: "POST", body: {}, query: { dryRun: options.dryRun } } as const;
      return (await this.#connection.ask<{ events: number }>(["producers", database, "retry"], request, options))
        .events;
    },
  } as const;

  readonly apiKeys = {
    list: (limits?: WaitLimits): Promise<readonly ApiKey[]> => this.#items(["api-keys"], {}, limits),
    create: (name: string, scopes: readonly string[], limits?: WaitLimits): Promise<NewApiKey> =>
      this.#post(["api-keys"], { name, scopes }, limits),
    delete: (id: string, limits?: WaitLimits): Promise<void> =>
      this.#connection.ask(["api-keys", id], { method: "DELETE" }, limits),
  } as const;

  /** The audit log, the latest first. */
  audit(query: AuditQuery = {}, limits?: WaitLimits): Promise<readonly AuditEntry[]> {
    return this.#items(["audit"], { query: { ...query } }, limits);
  }

  async #items<T>(path: readonly string[], request: ApiRequest, limits?: WaitLimits): Promise<readonly T[]> {
    return (await this.#connection.ask<Items<T>>(path, request, limits)).items;
  }

  #post<T>(path: readonly string[], body: object, limits?: WaitLimits): Promise<T> {
    return this.#connection.ask<T>(path, { method: "POST", body }, limits);
  }
}

/** A daemon among those of a bus. */
export interface MemberEntry extends Omit<LivingMember, "groups"> {
  /** Things that it does for all. */
  readonly leases: number;
  /** Whether it is the one that answers. */
  readonly isThis: boolean;
}

/** A database with its relay. */
export type OutboxReport = ProducerState & { readonly relay: RelayReport };

/** A workflow with a picture of its graph in Mermaid's language. */
export type WorkflowEntry = Workflow & { readonly mermaid: string };

/** The definition of a workflow: the text of a TOML file and what messages call it, or the same as an object. */
export type WorkflowText = { readonly toml: string; readonly file: string } | { readonly definition: unknown };

/** How the text of a filter is to be read. */
export interface FilterReading {
  /** Default `xquery`. */
  readonly language?: FilterLanguage;
  /** Namespace of unprefixed element names; default none. */
  readonly defaultElementNamespace?: string;
}

function readingOf({ language, defaultElementNamespace }: FilterReading): FilterReading {
  return {
    ...(language === undefined ? {} : { language }),
    ...(defaultElementNamespace === undefined ? {} : { defaultElementNamespace }),
  };
}

/** What may be said of an event beside its document. */
export interface SendingOptions extends WaitLimits {
  /** The message id. */
  readonly id?: string;
  /** Default: that of the event type. */
  readonly routingKey?: string;
}

function sendingOf({ id, routingKey }: SendingOptions): Pick<ApiRequest, "headers" | "query"> {
  return { query: { routingKey }, ...(id === undefined ? {} : { headers: { "idempotency-key": id } }) };
}

function eventBody(event: string | Uint8Array | object): ApiRequest {
  const isXml = typeof event === "string" || event instanceof Uint8Array;
  return { method: "POST", body: event, ...(isXml ? { contentType: "application/xml" } : {}) };
}
