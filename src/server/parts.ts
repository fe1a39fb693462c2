import type { ConnectOptions, EventPublisher } from "../amqp/index.ts";
import type { ArchiveService } from "../archive/index.ts";
import type { Broker } from "../broker/index.ts";
import type { Cluster } from "../cluster/index.ts";
import type { AttemptReport, Listeners } from "../listener/index.ts";
import type { ActionService } from "../action/index.ts";
import type { Router } from "../router/index.ts";
import type { Relays } from "../producer/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { DeadLetters } from "./dead-letters/dead-letter.ts";
import type { HealthReport } from "./health.ts";
import type { TaskletRecords } from "./tasklet-records/index.ts";

/** What a daemon is made of, as far as its HTTP API may use it. */
export interface DaemonParts {
  readonly catalog: Catalog;
  readonly publisher: EventPublisher;
  readonly listeners: Listeners;
  readonly deadLetters: DeadLetters;
  /** Archives events; undefined: it does not. */
  readonly archive?: ArchiveService | undefined;
  /** The embedded broker; undefined when the daemon works with another one. */
  readonly broker: Broker | undefined;
  /** The bus for consumers of this process, such as a live tail: an in-process URL with the embedded broker. */
  readonly url: string;
  /** How that bus is reached, where the URL does not say it. */
  readonly connect?: Pick<ConnectOptions, "tls">;
  /** Folder for what the API keeps: keys, audit log. Undefined: in memory. */
  readonly folder: string | undefined;
  /** Undefined: the daemon has none. */
  readonly actions?: ActionService | undefined;
  /** What consumers in folders have told; undefined: the daemon keeps nothing of it. */
  readonly taskletRecords?: TaskletRecords | undefined;
  /** Publish outboxes of databases; undefined: the daemon has none. */
  readonly relays?: Relays | undefined;
  /** The other processes of the bus; undefined: the daemon is on its own. */
  readonly shared?:
    { readonly url: string; readonly cluster: Pick<Cluster, "id" | "members" | "leases" | "follow"> } | undefined;
  /** Queues for durable consumers. Undefined: the daemon has none. */
  readonly router?: Router | undefined;
  health(): Promise<HealthReport>;
  /** Lets somebody hear of each attempt of a listener, for the metrics. */
  readonly onAttempt?: (hear: (report: AttemptReport) => void) => void;
}
