import { startBrokerJ } from "../../test/brokers/qpid-broker-j/qpid-broker-j.ts";
import { JAVA, MAVEN } from "../../test/helpers/requirements.ts";
import { SERVER_JAVA_OPTIONS } from "../java-options.ts";
import { userTimeOf } from "../process-time.ts";
import { startRole } from "./start-role.ts";

/** A broker in a process of its own. */
export interface BenchBroker {
  readonly name: string;
  readonly url: string;
  /** User CPU time of the process so far, in microseconds; undefined where it cannot be read. */
  userTotal(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** The brokers that this machine can run, and a line for the one that it cannot. */
export async function startBrokers(): Promise<{
  readonly brokers: readonly BenchBroker[];
  readonly skipped: readonly string[];
}> {
  const missing = [JAVA, MAVEN].flatMap((needed) => needed.missing() ?? []);
  const skipped = missing.length > 0 ? [`skipped: Broker-J — ${missing.join("; ")}`] : [];
  const embedded = await startEmbedded();
  return { brokers: skipped.length > 0 ? [embedded] : [embedded, await startJava()], skipped };
}

async function startEmbedded(): Promise<BenchBroker> {
  const child = startRole("broker");
  const { url = "" } = await child.ask({ kind: "open", url: "" });
  return {
    name: "the embedded broker",
    url,
    userTotal: async () => (await child.ask({ kind: "exchange", count: 0 })).userTotal,
    stop: async () => {
      await child.ask({ kind: "close" });
      child.stop();
    },
  };
}

async function startJava(): Promise<BenchBroker> {
  const broker = await startBrokerJ({ javaOptions: SERVER_JAVA_OPTIONS });
  return {
    name: "Broker-J",
    url: broker.url,
    userTotal: () => Promise.resolve(userTimeOf(broker.pid)),
    stop: () => broker.stop(),
  };
}
