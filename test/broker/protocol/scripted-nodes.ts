import type {
  Departure,
  IncomingMessage,
  Nodes,
  Opening,
  Outcome,
  OutgoingMessage,
  Refusal,
  Source,
  SourceLink,
  SourceRequest,
  Target,
  TargetLink,
  TargetRequest,
} from "../../../src/broker/protocol/nodes.ts";
import { ACCEPTED } from "../../../src/broker/protocol/nodes.ts";

/** A source that gives what a test puts into it, and remembers what the engine said. */
export class ScriptedSource implements Source {
  readonly granted: Source["granted"];
  readonly request: SourceRequest;
  readonly link: SourceLink;
  /** Messages that wait. */
  readonly queue: OutgoingMessage[] = [];
  readonly settled: { readonly message: OutgoingMessage; readonly outcome: Outcome | "settled" }[] = [];
  readonly departures: Departure[] = [];
  /** What `next` says when nothing waits. */
  whenEmpty: "empty" | "later" = "empty";

  constructor(request: SourceRequest, link: SourceLink, granted: Source["granted"]) {
    this.request = request;
    this.link = link;
    this.granted = granted;
  }

  push(...messages: readonly (Buffer | string)[]): void {
    this.queue.push(...messages.map((message) => ({ bytes: Buffer.from(message), format: 0 })));
    this.link.ready();
  }

  next(): OutgoingMessage | "empty" | "later" {
    return this.queue.shift() ?? this.whenEmpty;
  }

  settle(message: OutgoingMessage, outcome: Outcome): void {
    this.settled.push({ message, outcome });
  }

  sentSettled(message: OutgoingMessage): void {
    this.settled.push({ message, outcome: "settled" });
  }

  detach(why: Departure): void {
    this.departures.push(why);
  }

  get outcomes(): readonly (Outcome | "settled")[] {
    return this.settled.map(({ outcome }) => outcome);
  }
}

/** A target that answers as a test says, and remembers what came. */
export class ScriptedTarget implements Target {
  readonly granted: Target["granted"];
  readonly request: TargetRequest;
  readonly link: TargetLink;
  readonly published: string[] = [];
  readonly departures: Departure[] = [];
  answer: (message: IncomingMessage) => Outcome | Promise<Outcome> = () => ACCEPTED;

  constructor(request: TargetRequest, link: TargetLink, granted: Target["granted"]) {
    this.request = request;
    this.link = link;
    this.granted = granted;
  }

  publish(message: IncomingMessage): Outcome | Promise<Outcome> {
    this.published.push(message.bytes.toString("latin1"));
    return this.answer(message);
  }

  detach(why: Departure): void {
    this.departures.push(why);
  }
}

/** Nodes that grant what is asked for, unless a test decides otherwise. */
export class ScriptedNodes implements Nodes {
  readonly sources: ScriptedSource[] = [];
  readonly targets: ScriptedTarget[] = [];
  onSource: (source: ScriptedSource) => Opening<Source> = (source) => source;
  onTarget: (target: ScriptedTarget) => Opening<Target> = (target) => target;
  /** What sources grant. */
  granted: Source["granted"] | undefined;

  openSource(request: SourceRequest, link: SourceLink): Opening<Source> {
    const source = new ScriptedSource(request, link, this.granted ?? { address: request.address ?? "made-up" });
    this.sources.push(source);
    return this.onSource(source);
  }

  openTarget(request: TargetRequest, link: TargetLink): Opening<Target> {
    const target = new ScriptedTarget(request, link, { address: request.address });
    this.targets.push(target);
    return this.onTarget(target);
  }

  get source(): ScriptedSource {
    return present(this.sources.at(-1));
  }

  get target(): ScriptedTarget {
    return present(this.targets.at(-1));
  }
}

export const REFUSAL: Refusal = { refused: { condition: "amqp:not-found", description: "no such node" } };

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("no link has been opened");
  return value;
}
