/**
 * The event types as TypeScript sees them, written by `xqbus schema types`: change the XSD files, not this file.
 *
 *     import type { Events } from "./events.d.ts";
 *     const e = EventMaker<Events>(catalog);
 */

/**
 * Something happened to a call on an Asterisk server: it comes in, was missed, or has ended. Lets a listener follow
 * calls and the use of queues. The fields come in this order; text for human readers may stand between them.
 */
export interface AsteriskNotification {
  /** In document order. */
  readonly "#content": readonly (
    | string
    | { readonly Type: "CallMissed" | "IncomingCall" | "CallEnded" }
    | { readonly Identity: string }
    | { readonly From: AsteriskNotificationPhoneNumbers }
    | { readonly To: AsteriskNotificationPhoneNumbers }
    | { readonly Timestamp: Decimal }
    | { readonly Duration: Decimal }
    | { readonly Cause: string }
  )[];
}

/** The fields of AsteriskNotification for the EventMaker, where no text stands between them. */
export interface AsteriskNotificationFields {
  /** What happened to the call. */
  readonly Type: "CallMissed" | "IncomingCall" | "CallEnded";
  /** Whom the notification is about: a user, an extension or a queue, such as SIP/2001. */
  readonly Identity: string;
  /** Numbers of the calling side, separated by spaces. Empty when the caller hides the number. */
  readonly From: AsteriskNotificationPhoneNumbers;
  /** Numbers of the called side, separated by spaces. More than one when a queue rings several phones. */
  readonly To: AsteriskNotificationPhoneNumbers;
  /** When it happened: seconds since 1970-01-01 UTC, fractions allowed: 1310479801.25. */
  readonly Timestamp: Decimal;
  /** How long the call took, in seconds. Left out while the call is not over. */
  readonly Duration?: Decimal;
  /** Why the call ended, in the words of the telephone system: Normal Clearing. */
  readonly Cause?: string;
}

/**
 * A client came up and tells who it is, how it can be reached and what it can be asked to do. Sent when the client
 * starts and in answer to a ClientPoll. The fields may come in any order.
 */
export interface ClientAnnounce {
  /** Id of the client, the same for its whole life: usually the UUID of the machine. */
  readonly Id: string;
  /** Name of the client for human readers, usually its host name: workstation-17. */
  readonly Name: string;
  /** The network interfaces of the client, at least one. */
  readonly NetworkInformation: ClientAnnounceNetworkInformation;
  /**
   * The methods that may be called on the client. Left out by clients that announce them in an event of their own.
   */
  readonly ClientCapabilities?: ClientAnnounceClientCapabilities;
}

export interface ClientAnnounceNetworkInformation {
  /** One network interface with its addresses. */
  readonly NetworkDevice: readonly ClientAnnounceNetworkDevice[];
}

/** One network interface of a client. Every field is present; a value that the interface does not have is empty. */
export interface ClientAnnounceNetworkDevice {
  /** Name of the interface in the operating system: eth0. */
  readonly Name: string;
  /** IPv4 address in dotted form: 192.0.2.17. Empty when there is none. */
  readonly IPAddress: string;
  /** IPv6 address: 2001:db8::17. Empty when there is none. */
  readonly IPv6Address: string;
  /** Hardware address, six bytes in hexadecimal: 00:16:3e:4a:5b:6c. */
  readonly MAC: string;
  /** IPv4 network mask in dotted form: 255.255.255.0. */
  readonly Netmask: string;
  /** IPv4 broadcast address: 192.0.2.255. */
  readonly Broadcast: string;
}

export interface ClientAnnounceClientCapabilities {
  /** One method that the client offers. */
  readonly ClientMethod?: readonly ClientAnnounceClientMethod[];
}

/** One method that may be called on a client. */
export interface ClientAnnounceClientMethod {
  /** Name under which the method is called: notify_all. */
  readonly Name: string;
  /** Where the method lives inside the client, class and function: Notify.notify_all. */
  readonly Path: string;
  /** Names of the parameters, separated by commas: title,message. Empty when there are none. */
  readonly Signature: string;
  /** What the method does, for human readers. */
  readonly Documentation: string;
}

/** A client is about to shut down. It can no longer be called until its next ClientAnnounce. */
export interface ClientLeave {
  /** Id of the client that leaves, the one of its ClientAnnounce: usually the UUID of the machine. */
  readonly Id: string;
}

/**
 * A node that is alone on the bus asks all clients to make themselves known, because it cannot learn from another
 * node which clients exist. Every client answers with a ClientAnnounce after a short random delay. The event
 * carries no data: the element is empty, white space inside it is an error too.
 */
export interface ClientPoll {
  readonly "#text"?: never;
}

/**
 * One measurement of the statistics daemon collectd. Experimental. The fields carry the same names and meanings as
 * in a collectd value list and may come in any order.
 */
export interface CollectD {
  /** Host that was measured: web-3.example.net. */
  readonly Host: string;
  /** Plug-in that measured: cpu, df, interface. */
  readonly Plugin: string;
  /** Which one, when the plug-in watches several things: the number of the processor, eth0. */
  readonly PluginInstance?: string;
  /** Kind of the measurement, decides how many values there are: if_octets, percent. */
  readonly Type: string;
  /** Which one, when there are several measurements of the kind: idle, user, system. */
  readonly TypeInstance?: string;
  /**
   * When it was measured: seconds since 1970-01-01 UTC. The type is single precision: read the digits as a double,
   * or today's times are rounded to about two minutes.
   */
  readonly Time: Float;
  /** Time between two measurements, in seconds: 10. */
  readonly Interval: Decimal;
  /**
   * The measured values, separated by white space, in the order that Type defines; the unit depends on Type. NaN
   * stands for a value that is not known.
   */
  readonly Values: readonly Float[];
}

/**
 * A listener of the daemon has disabled itself, because its receiver took nothing for too long. Its events wait
 * until somebody resumes it.
 */
export interface ListenerDisabled {
  /** Id of the listener: 24 hexadecimal digits. */
  readonly Id: string;
  /** Name of the listener, if it has one. */
  readonly Name?: string;
  /** How it tells of events: email, http, amqp, file, command. */
  readonly Notifier: string;
  /** When its receiver had failed too often in a row. */
  readonly BrokenSince: DateTime;
  /** How many events wait for it. */
  readonly Waiting: Integer;
  /** What the last attempt failed with, in one line. */
  readonly Reason: string;
}

/**
 * Something happened to a resource of one microservice, told to all others. Every service that has a handler for
 * the event type reacts to it. The fields come in this order.
 */
export interface MicroserviceEvent {
  /** What happened, the name of the handlers: order_created. */
  readonly EventType: string;
  /** Id of the task that told it, for logs. */
  readonly TaskId?: string;
  /** Type of the resource that it happened to: Order. */
  readonly ResourceType?: string;
  /** Id of that resource: 23131024. */
  readonly ResourceId?: string;
  /** Id of the user who caused it. */
  readonly UserId?: string;
  /** Whatever else the handlers are told, each under its name. */
  readonly Argument?: readonly MicroserviceEventArgument[];
}

export interface MicroserviceEventArgument {
  /** Name of the argument: amount. */
  readonly "@name": string;
  /** What the text is: a string, which is the default, or the JSON text of a number, a boolean, or any value. */
  readonly "@type"?: "string" | "number" | "boolean" | "json";
  readonly "#text": string;
}

/**
 * A node (one server process of the bus) has started. Sent once at start; NodeCapabilities follows with what it
 * offers.
 */
export interface NodeAnnounce {
  /** Name of the node, unique in the domain: amqp-1.example.net. */
  readonly Id: string;
}

/**
 * A node tells which methods can be called on it and which objects can be opened there. Sent once at start, after
 * NodeAnnounce, so that the other nodes can pass calls on. The Id comes first, then all methods, then all objects.
 */
export interface NodeCapabilities {
  /** Name of the node, the one of its NodeAnnounce: amqp-1.example.net. */
  readonly Id: string;
  /** One method that the node offers. Its fields may come in any order. */
  readonly NodeMethod?: readonly NodeCapabilitiesNodeMethod[];
  /** One kind of object that can be opened on the node. Its fields may come in any order. */
  readonly NodeObject?: readonly NodeCapabilitiesNodeObject[];
}

export interface NodeCapabilitiesNodeMethod {
  /** Name under which the method is called: getMethods. */
  readonly Name: string;
  /** Where the method lives inside the node, class and function: CommandRegistry.getMethods. */
  readonly Path: string;
  /** Plug-in that the method belongs to, the last part of its queue's name: core. */
  readonly Target: string;
  /** Names of the parameters, separated by commas: locale. Empty when there are none. */
  readonly Signature: string;
  /** How a call is answered when several nodes offer the method. */
  readonly Type: "NORMAL" | "FIRSTRESULT" | "CUMMULATIVE";
  /** True when the method has to be told the name of the queue that the call came in by. */
  readonly QueueRequired: boolean;
  /** What the method does, for human readers. */
  readonly Documentation: string;
}

export interface NodeCapabilitiesNodeObject {
  /** Id of the kind of object: net.example.libinst.diskdefinition. */
  readonly OID: string;
  /** Names of the parameters that opening it takes, separated by commas. */
  readonly Signature?: string;
}

/**
 * A node is shutting down in an orderly way. A node that dies without it is noticed by its missing NodeStatus only.
 */
export interface NodeLeave {
  /** Name of the node that leaves, the one of its NodeAnnounce: amqp-1.example.net. */
  readonly Id: string;
}

/**
 * How busy a node is. Sent by every node at a fixed interval; HTTP gateways choose the least busy node by it, and a
 * node from which none comes any more can be taken for dead. The fields may come in any order.
 */
export interface NodeStatus {
  /** Name of the node, the one of its NodeAnnounce: amqp-1.example.net. */
  readonly Id: string;
  /** Load average of the machine, a number without unit: 0.42. Smaller is better. */
  readonly Load: Float;
  /** Time that a call takes to reach the node, in seconds: 0.012. NaN when not measured. */
  readonly Latency: Float;
  /** Number of workers that serve calls on the node: 5. */
  readonly Workers: number;
  /** Whether the node has a complete object index and can answer searches. Left out by nodes without an index. */
  readonly Indexed?: boolean;
}

/** A stored object was deleted: a row of a table that a producer watches is gone. */
export interface ObjectDeleted {
  /** What the object belongs to, usually the name of the database: crm. */
  readonly Domain: string;
  /** Kind of the object, usually the name of the table: customers. */
  readonly Model: string;
  /** Which object it is: the key of the row. Of several columns the values have a slash between them. */
  readonly Guid: ObjectDeletedGuid;
  /** When the statement ran, by the clock of the database. */
  readonly Time: DateTime;
  /** A column of the row that is gone. */
  readonly Column?: readonly ObjectDeletedColumn[];
}

export interface ObjectDeletedGuid {
  /** For bytes, and for text with characters that XML does not have. */
  readonly "@encoding"?: ObjectDeletedEncoding;
  readonly "#text": string;
}

export interface ObjectDeletedColumn {
  /** Name of the column. */
  readonly "@name": string;
  /** True where the values are kept secret. */
  readonly "@masked"?: boolean;
  /** What it was; empty for NULL, which the attribute tells. Absent where the column is masked. */
  readonly Old?: ObjectDeletedValue;
}

export interface ObjectDeletedValue {
  /** For bytes, and for text with characters that XML does not have. */
  readonly "@encoding"?: ObjectDeletedEncoding;
  /** True for NULL, which is no empty text. */
  readonly "@null"?: boolean;
  readonly "#text": string;
}

/** An object was stored for the first time: a row was inserted in a table that a producer watches. */
export interface ObjectStored {
  /** What the object belongs to, usually the name of the database: crm. */
  readonly Domain: string;
  /** Kind of the object, usually the name of the table: customers. */
  readonly Model: string;
  /** Which object it is: the key of the row. Of several columns the values have a slash between them. */
  readonly Guid: ObjectStoredGuid;
  /** When the statement ran, by the clock of the database. */
  readonly Time: DateTime;
  /** A column of the new row. */
  readonly Column?: readonly ObjectStoredColumn[];
}

export interface ObjectStoredGuid {
  /** For bytes, and for text with characters that XML does not have. */
  readonly "@encoding"?: ObjectStoredEncoding;
  readonly "#text": string;
}

export interface ObjectStoredColumn {
  /** Name of the column. */
  readonly "@name": string;
  /** True where the values are kept secret. */
  readonly "@masked"?: boolean;
  /** What it is now; empty for NULL, which the attribute tells. Absent where the column is masked. */
  readonly New?: ObjectStoredValue;
}

export interface ObjectStoredValue {
  /** For bytes, and for text with characters that XML does not have. */
  readonly "@encoding"?: ObjectStoredEncoding;
  /** True for NULL, which is no empty text. */
  readonly "@null"?: boolean;
  readonly "#text": string;
}

/**
 * A stored object was changed: a row of a table that a producer watches has other values now. Columns that are as
 * they were are not in it.
 */
export interface ObjectUpdated {
  /** What the object belongs to, usually the name of the database: crm. */
  readonly Domain: string;
  /** Kind of the object, usually the name of the table: customers. */
  readonly Model: string;
  /** Which object it is: the key of the row. Of several columns the values have a slash between them. */
  readonly Guid: ObjectUpdatedGuid;
  /** What Guid was before, where the change is one of the key. */
  readonly OldGuid?: ObjectUpdatedGuid;
  /** When the statement ran, by the clock of the database. */
  readonly Time: DateTime;
  /** A column that has another value now. */
  readonly Column?: readonly ObjectUpdatedColumn[];
}

export interface ObjectUpdatedGuid {
  /** For bytes, and for text with characters that XML does not have. */
  readonly "@encoding"?: ObjectUpdatedEncoding;
  readonly "#text": string;
}

export interface ObjectUpdatedColumn {
  /** Name of the column. */
  readonly "@name": string;
  /** True where the values are kept secret. */
  readonly "@masked"?: boolean;
  /** What it was; empty for NULL, which the attribute tells. Absent where the column is masked. */
  readonly Old?: ObjectUpdatedValue;
  /** What it is now; empty for NULL, which the attribute tells. Absent where the column is masked. */
  readonly New?: ObjectUpdatedValue;
}

export interface ObjectUpdatedValue {
  /** For bytes, and for text with characters that XML does not have. */
  readonly "@encoding"?: ObjectUpdatedEncoding;
  /** True for NULL, which is no empty text. */
  readonly "@null"?: boolean;
  readonly "#text": string;
}

/**
 * A phone changed its state: it rings, is in a call, or is free again. Sent once for each change that the telephone
 * system reports. The fields may come in any order.
 */
export interface PhoneStatus {
  /** Number or extension of the calling side, as the telephone system shows it: 012345. */
  readonly CallerId: string;
  /** Number or extension of the called side: 12343424. */
  readonly ReceiverId: string;
  /** The new state in the words of the telephone system, free text: busy, ringing, idle. */
  readonly Status: string;
}

/**
 * The log of one Puppet run on a client. Sent after the run, whether it went well or not. The Id comes first, then
 * the log entries, at least one, in the order in which Puppet wrote them.
 */
export interface PuppetReport {
  /** Id of the client that Puppet ran on: usually the UUID of the machine. */
  readonly Id: string;
  /** One log entry of the run. Its fields may come in any order. */
  readonly PuppetLog: readonly PuppetReportPuppetLog[];
}

export interface PuppetReportPuppetLog {
  /**
   * When the entry was written: seconds since 1970-01-01 UTC. The type is single precision: read the digits as a
   * double, or today's times are rounded to about two minutes.
   */
  readonly Timestamp: Float;
  /** How serious the entry is, in Puppet's order: debug is the least, crit the most serious. */
  readonly Level: "debug" | "info" | "notice" | "warning" | "err" | "alert" | "emerg" | "crit";
  /** Text of the entry as Puppet wrote it, may have several lines. */
  readonly Message: string;
  /** Resource that the entry is about: /Stage[main]/Ntp/Service[ntp]/ensure. */
  readonly Source?: string;
  /** Manifest in which the resource is defined: /etc/puppet/manifests/site.pp. */
  readonly File?: string;
  /** Line in File, counted from 1. */
  readonly Line?: number;
  /** Version of the configuration that was applied, often a time or a commit: 1310479801. */
  readonly Version?: string;
  /** The tags of the entry, at least one. Left out when it has none. */
  readonly Tag?: PuppetReportPuppetLogTag;
}

export interface PuppetReportPuppetLogTag {
  /** One tag, such as a class or a kind of resource: ntp. */
  readonly value: readonly string[];
}

/** A repository ended to be published, whether it went well or not. */
export interface RepoPublishFinish {
  /** The task that does it. */
  readonly call_report: PulpCallReport;
  /** The repository and what came out. The fields come in this order. */
  readonly payload: RepoPublishFinishpayload;
}

/**
 * What the server knows of the task that an event comes from. The fields come in this order. A field that has no
 * value is left out or nil; in plain JSON it is null.
 */
export interface PulpCallReport {
  /** Id of the group of tasks that it belongs to, usually a UUID. */
  readonly task_group_id?: string | null;
  /** What ended the task before its time, in the words of the server. */
  readonly exception?: string | null;
  /** Id of the task, usually a UUID. */
  readonly task_id: string;
  /** What the task is about, one tag each: pulp:repository:base, pulp:action:sync. */
  readonly tags?: readonly string[];
  /** Why the task waits or was refused, one operation each. None for a task that may run. */
  readonly reasons?: readonly PulpReason[];
  /** When the task began: 2026-11-21T12:00:00Z. Not there while it waits. */
  readonly start_time?: DateTime | null;
  /** Where in the server the exception came from, may have several lines. */
  readonly traceback?: string | null;
  /** Id of the schedule that started the task; not there when a user did. */
  readonly schedule_id?: string | null;
  /** When the task ended: 2026-11-21T12:05:00Z. Not there while it runs. */
  readonly finish_time?: DateTime | null;
  /** How far the task is. */
  readonly state: "waiting" | "running" | "suspended" | "finished" | "error" | "canceled" | "skipped";
  /** What the task gave back, one entry for each value. */
  readonly result?: PulpMap | null;
  /** What the task tells of its progress, one entry for each value; empty at the beginning. */
  readonly progress: PulpMap;
  /** The user who began it: admin. */
  readonly principal_login?: string | null;
  /** What the server said when the task was asked for. */
  readonly response?: "accepted" | "postponed" | "rejected" | null;
}

/** An operation on a resource that another task has to wait for. */
export interface PulpReason {
  /** Type of the resource: repository. */
  readonly resource_type: string;
  /** Id of the resource: base. */
  readonly resource_id: string;
  /** What is done to it: update. */
  readonly operation: string;
}

/**
 * Named values: importers and distributors each have their own. In plain JSON an object with the keys as its
 * properties.
 */
export interface PulpMap {
  /** One value. Entries with the same key are a list. */
  readonly entry?: readonly PulpEntry[];
}

/** A key with a value, with entries of its own, or with neither for null. */
export interface PulpEntry {
  /** What the server calls the value: state. */
  readonly "@key": string;
  /** The value as text: FINISHED. */
  readonly "@value"?: string;
  /** A value inside of this one. */
  readonly entry?: readonly PulpEntry[];
}

export interface RepoPublishFinishpayload {
  /** Id of the repository: base. */
  readonly repo_id: PulpRepositoryId;
  /** Id of the task, the one of the call report. */
  readonly task_id?: string | null;
  /** When the publication began: 2026-11-21T12:00:00Z. */
  readonly start_time: DateTime;
  /** When the publication ended: 2026-11-21T12:05:00Z. */
  readonly end_time: DateTime;
  /** Whether it went well. */
  readonly success: boolean;
  /** Number of items that were published: 1204. Not there when it is not known. */
  readonly items_published?: number | null;
  /** What went wrong, one sentence each. */
  readonly errors?: readonly string[];
}

/** A repository begins to be published. A RepoPublishFinish follows. */
export interface RepoPublishStart {
  /** The task that does it. */
  readonly call_report: PulpCallReport;
  /** The repository. */
  readonly payload: PulpRepository;
}

/** The repository that an operation begins for. User, task and start time are in the call report. */
export interface PulpRepository {
  /** Id of the repository: base. */
  readonly repo_id: PulpRepositoryId;
}

/** A repository ended to synchronise with its feed, whether it went well or not. */
export interface RepoSyncFinish {
  /** The task that does it. */
  readonly call_report: PulpCallReport;
  /** The repository and what came out. The fields come in this order. */
  readonly payload: RepoSyncFinishpayload;
}

export interface RepoSyncFinishpayload {
  /** Id of the repository: base. */
  readonly repo_id: PulpRepositoryId;
  /** Id of the task, the one of the call report. */
  readonly task_id?: string | null;
  /** When the synchronisation began: 2026-11-21T12:00:00Z. */
  readonly start_time: DateTime;
  /** When the synchronisation ended: 2026-11-21T12:05:00Z. */
  readonly end_time: DateTime;
  /** Whether it went well. */
  readonly success: boolean;
  /** Number of items that were imported: 1204. Not there when it is not known. */
  readonly items_imported?: number | null;
  /** What went wrong, one sentence each. */
  readonly errors?: readonly string[];
}

/** A repository begins to synchronise with its feed. A RepoSyncFinish follows. */
export interface RepoSyncStart {
  /** The task that does it. */
  readonly call_report: PulpCallReport;
  /** The repository. */
  readonly payload: PulpRepository;
}

/**
 * Something happened that a program told by a string of labels and tags, one or several lines of it. The routing
 * key of the message says what it is about. The string is here as it was, and read.
 */
export interface TagEvent {
  /** The string as it was given: customer_pending state:created. */
  readonly Text: string;
  /** A line of it that has labels or tags. */
  readonly Line?: readonly TagEventLine[];
}

export interface TagEventLine {
  /** A word by itself: customer_pending. */
  readonly Label?: readonly string[];
  /** A word with a name, the value: created. Base64 keeps its line breaks. */
  readonly Tag?: readonly TagEventLineTag[];
}

export interface TagEventLineTag {
  /** Name of the tag: state. */
  readonly "@name": string;
  readonly "#text": string;
}

/**
 * Somebody logged on to a client or off from it. The event always carries the complete list of those who are logged
 * on now, not the change. The fields may come in any order.
 */
export interface UserSession {
  /** Id of the client, the one of its ClientAnnounce: usually the UUID of the machine. */
  readonly Id: string;
  /** The users who are logged on. Empty or left out when there is nobody. */
  readonly User?: UserSessionUser;
}

export interface UserSessionUser {
  /** Login name of one user: jdoe. */
  readonly Name?: readonly string[];
}

/** Any number of phone numbers, separated by white space; none is allowed too. */
export type AsteriskNotificationPhoneNumbers = readonly string[];

export type ObjectDeletedEncoding = "base64";

export type ObjectStoredEncoding = "base64";

export type ObjectUpdatedEncoding = "base64";

/** Id of a repository, never empty. */
export type PulpRepositoryId = string;

/** xs:dateTime as it is written: 2026-01-31T12:00:00Z. */
export type DateTime = `${number}-${number}-${number}T${string}`;

/** xs:decimal as it is written: digits of any number, which a JavaScript number could not keep. */
export type Decimal = `${number}`;

/** xs:float and xs:double; the values that JSON has no number for by their names. */
export type Float = number | "INF" | "-INF" | "NaN";

/** A whole number of any size as it is written: give it to BigInt to calculate. */
export type Integer = `${bigint}`;

/** All event types, and all elements by local name, as events are read. */
export interface Events {
  readonly events: {
    readonly AsteriskNotification: AsteriskNotification;
    readonly ClientAnnounce: ClientAnnounce;
    readonly ClientLeave: ClientLeave;
    readonly ClientPoll: ClientPoll;
    readonly CollectD: CollectD;
    readonly ListenerDisabled: ListenerDisabled;
    readonly MicroserviceEvent: MicroserviceEvent;
    readonly NodeAnnounce: NodeAnnounce;
    readonly NodeCapabilities: NodeCapabilities;
    readonly NodeLeave: NodeLeave;
    readonly NodeStatus: NodeStatus;
    readonly ObjectDeleted: ObjectDeleted;
    readonly ObjectStored: ObjectStored;
    readonly ObjectUpdated: ObjectUpdated;
    readonly PhoneStatus: PhoneStatus;
    readonly PuppetReport: PuppetReport;
    readonly RepoPublishFinish: RepoPublishFinish;
    readonly RepoPublishStart: RepoPublishStart;
    readonly RepoSyncFinish: RepoSyncFinish;
    readonly RepoSyncStart: RepoSyncStart;
    readonly TagEvent: TagEvent;
    readonly UserSession: UserSession;
  };
  readonly elements: {
    readonly Argument: MicroserviceEventArgument;
    readonly AsteriskNotification: AsteriskNotification | AsteriskNotificationFields;
    readonly Broadcast: string;
    readonly BrokenSince: DateTime;
    readonly CallerId: string;
    readonly Cause: string;
    readonly ClientAnnounce: ClientAnnounce;
    readonly ClientCapabilities: ClientAnnounceClientCapabilities;
    readonly ClientLeave: ClientLeave;
    readonly ClientMethod: ClientAnnounceClientMethod;
    readonly ClientPoll: ClientPoll;
    readonly CollectD: CollectD;
    readonly Column: ObjectDeletedColumn | ObjectStoredColumn | ObjectUpdatedColumn;
    readonly Documentation: string;
    readonly Domain: string;
    readonly Duration: Decimal;
    readonly EventType: string;
    readonly File: string;
    readonly From: AsteriskNotificationPhoneNumbers;
    readonly Guid: ObjectDeletedGuid | ObjectStoredGuid | ObjectUpdatedGuid;
    readonly Host: string;
    readonly IPAddress: string;
    readonly IPv6Address: string;
    readonly Id: string;
    readonly Identity: string;
    readonly Indexed: boolean;
    readonly Interval: Decimal;
    readonly Label: string;
    readonly Latency: Float;
    readonly Level: "debug" | "info" | "notice" | "warning" | "err" | "alert" | "emerg" | "crit";
    readonly Line: number | TagEventLine;
    readonly ListenerDisabled: ListenerDisabled;
    readonly Load: Float;
    readonly MAC: string;
    readonly Message: string;
    readonly MicroserviceEvent: MicroserviceEvent;
    readonly Model: string;
    readonly Name: string;
    readonly Netmask: string;
    readonly NetworkDevice: ClientAnnounceNetworkDevice;
    readonly NetworkInformation: ClientAnnounceNetworkInformation;
    readonly New: ObjectStoredValue | ObjectUpdatedValue;
    readonly NodeAnnounce: NodeAnnounce;
    readonly NodeCapabilities: NodeCapabilities;
    readonly NodeLeave: NodeLeave;
    readonly NodeMethod: NodeCapabilitiesNodeMethod;
    readonly NodeObject: NodeCapabilitiesNodeObject;
    readonly NodeStatus: NodeStatus;
    readonly Notifier: string;
    readonly OID: string;
    readonly ObjectDeleted: ObjectDeleted;
    readonly ObjectStored: ObjectStored;
    readonly ObjectUpdated: ObjectUpdated;
    readonly Old: ObjectDeletedValue | ObjectUpdatedValue;
    readonly OldGuid: ObjectUpdatedGuid;
    readonly Path: string;
    readonly PhoneStatus: PhoneStatus;
    readonly Plugin: string;
    readonly PluginInstance: string;
    readonly PuppetLog: PuppetReportPuppetLog;
    readonly PuppetReport: PuppetReport;
    readonly QueueRequired: boolean;
    readonly Reason: string;
    readonly ReceiverId: string;
    readonly RepoPublishFinish: RepoPublishFinish;
    readonly RepoPublishStart: RepoPublishStart;
    readonly RepoSyncFinish: RepoSyncFinish;
    readonly RepoSyncStart: RepoSyncStart;
    readonly ResourceId: string;
    readonly ResourceType: string;
    readonly Signature: string;
    readonly Source: string;
    readonly Status: string;
    readonly Tag: PuppetReportPuppetLogTag | TagEventLineTag;
    readonly TagEvent: TagEvent;
    readonly Target: string;
    readonly TaskId: string;
    readonly Text: string;
    readonly Time: Float | DateTime;
    readonly Timestamp: Decimal | Float;
    readonly To: AsteriskNotificationPhoneNumbers;
    readonly Type: string;
    readonly TypeInstance: string;
    readonly User: UserSessionUser;
    readonly UserId: string;
    readonly UserSession: UserSession;
    readonly Values: readonly Float[];
    readonly Version: string;
    readonly Waiting: Integer;
    readonly Workers: number;
    readonly call_report: PulpCallReport;
    readonly end_time: DateTime;
    readonly entry: PulpEntry;
    readonly errors: string;
    readonly exception: string | null;
    readonly finish_time: DateTime | null;
    readonly items_imported: number | null;
    readonly items_published: number | null;
    readonly operation: string;
    readonly payload: RepoPublishFinishpayload | PulpRepository | RepoSyncFinishpayload;
    readonly principal_login: string | null;
    readonly progress: PulpMap;
    readonly reasons: PulpReason;
    readonly repo_id: PulpRepositoryId;
    readonly resource_id: string;
    readonly resource_type: string;
    readonly response: "accepted" | "postponed" | "rejected" | null;
    readonly result: PulpMap | null;
    readonly schedule_id: string | null;
    readonly start_time: DateTime | null;
    readonly state: "waiting" | "running" | "suspended" | "finished" | "error" | "canceled" | "skipped";
    readonly success: boolean;
    readonly tags: string;
    readonly task_group_id: string | null;
    readonly task_id: string | null;
    readonly traceback: string | null;
    readonly value: string;
  };
}
