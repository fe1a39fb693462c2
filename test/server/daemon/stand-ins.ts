import type { ListenersHealth, ListenersOptions, RunningListeners } from "../../../src/listener/index.ts";
import type { XqbusError } from "../../../src/errors.ts";
import type { DaemonModules } from "../../../src/server/daemon/daemon-modules.ts";
import type { Log, LogDetails, LogLevel } from "../../../src/server/log/index.ts";

/** Parts of a daemon that do nothing and remember what happened, in order. */
export class StandIns {
  readonly steps: string[] = [];
  setup: Omit<ListenersOptions, "notifierTypes"> | undefined;
  /** How long the listeners take to stop. */
  stopMs = 0;
  failure: XqbusError | undefined;
  listeners: readonly unknown[] = [];

  readonly modules: DaemonModules = {
    openListeners: async (setup) => {
      this.setup = setup;
      this.steps.push("listeners open");
      const health = (): ListenersHealth => ({
        isReceiving: this.failure === undefined,
        isFull: false,
        failure: this.failure,
      });
      return {
        list: () => this.listeners,
        subscription: "org.clacks.xqbus.listeners",
        get health() {
          return health();
        },
        start: async () => void this.steps.push("listeners start"),
        stop: async () => {
          await new Promise((resolve) => setTimeout(resolve, this.stopMs).unref());
          this.steps.push("listeners stop");
        },
      } as unknown as RunningListeners;
    },
    openDeadLetters: async () => ({}) as never,
    startHttp: async ({ url }, { port = 0 }) => {
      this.steps.push(`http on ${port}`);
      if (port === 1) throw new Error(`no port for ${url.slice(0, 4)}`);
      return {
        url: `http://127.0.0.1:${port}`,
        port,
        firstKey: undefined,
        audit: async ({ who, action, target }) => void this.steps.push(`audit ${who} ${action} ${target}`),
        reloadTls: ({ cert }) => void this.steps.push(`http certificate ${String(cert)}`),
        close: async () => void this.steps.push("http close"),
      };
    },
  };
}

/** A log that keeps its records. */
export class MemoryLog implements Log {
  readonly records: {
    readonly level: LogLevel;
    readonly message: string;
    readonly part: string;
    readonly details: LogDetails;
  }[];
  readonly #part: string;

  constructor(part = "", records: MemoryLog["records"] = []) {
    this.#part = part;
    this.records = records;
  }

  write(level: LogLevel, message: string, details: LogDetails = {}): void {
    this.records.push({ level, message, part: this.#part, details });
  }

  part(name: string): Log {
    return new MemoryLog(name, this.records);
  }

  get lines(): readonly string[] {
    return this.records.map(({ level, part, message }) => `${level} ${part} ${message}`);
  }
}
