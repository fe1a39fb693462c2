/**
 * One process of the benchmark: a broker, or one end of a client. Does what its parent asks for, one request after the other.
 */
import type { Broker } from "xqbus";
import { answerWith } from "../child.ts";
import { xqbus } from "../compiled-package.ts";
import type { BenchClient } from "./client.ts";
import type { Answer, Request, Role } from "./protocol.ts";
import { rheaClient } from "./rhea-client.ts";
import { xqbusClient } from "./xqbus-client.ts";

/** What the parent may ask of this process. */
interface Work {
  open(url: string): Promise<string>;
  exchange(count: number): Promise<void>;
  close(): Promise<void>;
}

const WORK: Readonly<Record<Role, () => Work>> = {
  broker: brokerWork,
  "rhea-sender": () => senderWork(rheaClient),
  "rhea-receiver": () => receiverWork(rheaClient),
  "xqbus-sender": () => senderWork(xqbusClient),
  "xqbus-receiver": () => receiverWork(xqbusClient),
};

function brokerWork(): Work {
  let broker: Broker | undefined;
  return {
    open: async () => {
      broker = await xqbus.startBroker({ users: { admin: "secret" } });
      return broker.url();
    },
    exchange: () => Promise.resolve(),
    close: async () => broker?.close(),
  };
}

function senderWork(client: BenchClient): Work {
  const link = new Opened(client.openSender);
  return { ...link.work, exchange: (count) => link.get().send(count) };
}

function receiverWork(client: BenchClient): Work {
  const link = new Opened(client.openReceiver);
  return { ...link.work, exchange: (count) => link.get().receive(count) };
}

/** What was opened last. */
class Opened<T extends { close(): Promise<void> }> {
  readonly work: Pick<Work, "open" | "close">;
  #link: T | undefined;

  constructor(open: (url: string) => Promise<T>) {
    this.work = {
      open: async (url) => {
        this.#link = await open(url);
        return url;
      },
      close: () => this.get().close(),
    };
  }

  get(): T {
    if (this.#link === undefined) throw new Error("nothing was opened yet");
    return this.#link;
  }
}

async function answer(work: Work, request: Request): Promise<Answer> {
  const { user } = process.cpuUsage();
  const url = await perform(work, request);
  const after = process.cpuUsage().user;
  return { userTotal: after, userSpent: after - user, ...(url === undefined ? {} : { url }) };
}

async function perform(work: Work, request: Request): Promise<string | undefined> {
  switch (request.kind) {
    case "open":
      return work.open(request.url);
    case "exchange":
      await work.exchange(request.count);
      return undefined;
    case "close":
      await work.close();
      return undefined;
  }
}

const work = WORK[process.argv[2] as Role]();
answerWith<Request, Answer>((request) => answer(work, request));
