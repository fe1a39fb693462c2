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

/** xs:decimal as it is written: digits of any number, which a JavaScript number could not keep. */
export type Decimal = `${number}`;

/** xs:float and xs:double; the values that JSON has no number for by their names. */
export type Float = number | "INF" | "-INF" | "NaN";

/** All event types, and all elements by local name, as events are read. */
export interface Events {
  readonly events: {
    readonly AsteriskNotification: AsteriskNotification;
    readonly ClientAnnounce: ClientAnnounce;
    readonly ClientLeave: ClientLeave;
    readonly ClientPoll: ClientPoll;
    readonly CollectD: CollectD;
    readonly MicroserviceEvent: MicroserviceEvent;
    readonly NodeAnnounce: NodeAnnounce;
    readonly NodeCapabilities: NodeCapabilities;
    readonly NodeLeave: NodeLeave;
    readonly NodeStatus: NodeStatus;
    readonly PhoneStatus: PhoneStatus;
    readonly PuppetReport: PuppetReport;
    readonly UserSession: UserSession;
  };
  readonly elements: {
    readonly Argument: MicroserviceEventArgument;
    readonly AsteriskNotification: AsteriskNotification | AsteriskNotificationFields;
    readonly Broadcast: string;
    readonly CallerId: string;
    readonly Cause: string;
    readonly ClientAnnounce: ClientAnnounce;
    readonly ClientCapabilities: ClientAnnounceClientCapabilities;
    readonly ClientLeave: ClientLeave;
    readonly ClientMethod: ClientAnnounceClientMethod;
    readonly ClientPoll: ClientPoll;
    readonly CollectD: CollectD;
    readonly Documentation: string;
    readonly Duration: Decimal;
    readonly EventType: string;
    readonly File: string;
    readonly From: AsteriskNotificationPhoneNumbers;
    readonly Host: string;
    readonly IPAddress: string;
    readonly IPv6Address: string;
    readonly Id: string;
    readonly Identity: string;
    readonly Indexed: boolean;
    readonly Interval: Decimal;
    readonly Latency: Float;
    readonly Level: "debug" | "info" | "notice" | "warning" | "err" | "alert" | "emerg" | "crit";
    readonly Line: number;
    readonly Load: Float;
    readonly MAC: string;
    readonly Message: string;
    readonly MicroserviceEvent: MicroserviceEvent;
    readonly Name: string;
    readonly Netmask: string;
    readonly NetworkDevice: ClientAnnounceNetworkDevice;
    readonly NetworkInformation: ClientAnnounceNetworkInformation;
    readonly NodeAnnounce: NodeAnnounce;
    readonly NodeCapabilities: NodeCapabilities;
    readonly NodeLeave: NodeLeave;
    readonly NodeMethod: NodeCapabilitiesNodeMethod;
    readonly NodeObject: NodeCapabilitiesNodeObject;
    readonly NodeStatus: NodeStatus;
    readonly OID: string;
    readonly Path: string;
    readonly PhoneStatus: PhoneStatus;
    readonly Plugin: string;
    readonly PluginInstance: string;
    readonly PuppetLog: PuppetReportPuppetLog;
    readonly PuppetReport: PuppetReport;
    readonly QueueRequired: boolean;
    readonly ReceiverId: string;
    readonly ResourceId: string;
    readonly ResourceType: string;
    readonly Signature: string;
    readonly Source: string;
    readonly Status: string;
    readonly Tag: PuppetReportPuppetLogTag;
    readonly Target: string;
    readonly TaskId: string;
    readonly Time: Float;
    readonly Timestamp: Decimal | Float;
    readonly To: AsteriskNotificationPhoneNumbers;
    readonly Type: string;
    readonly TypeInstance: string;
    readonly User: UserSessionUser;
    readonly UserId: string;
    readonly UserSession: UserSession;
    readonly Values: readonly Float[];
    readonly Version: string;
    readonly Workers: number;
    readonly value: string;
  };
}
