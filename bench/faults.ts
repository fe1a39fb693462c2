import { FAULT_CLIENTS } from "../test/brokers/faults/clients.ts";
import { FAULT_NAMES } from "../test/brokers/faults/faults.ts";
import { FAULTY_PRODUCTS, startKillable } from "../test/brokers/faults/killable.ts";
import { runFault, type FaultRow } from "../test/brokers/faults/run-fault.ts";
import { PRODUCT_NEEDS } from "../test/brokers/products.ts";
import type { BenchmarkOptions, Report, Table } from "./report.ts";

const DEFAULT_ROUNDS = 3;
/** When nothing moves for so long, nothing will any more: ours comes back however long it takes, a stock client that is silent stays so. */
const QUIET_MS: Readonly<Record<keyof typeof FAULT_CLIENTS, number>> = { xqbus: 90_000, rhea: 8_000 };

const COLUMNS = ["fault", "client", "sent", "acknowledged", "no answer", "received", "lost", "duplicates"];

/** What becomes of messages when something goes wrong: our clients beside rhea with its own reconnect, on each product. */
export async function run({ rounds = DEFAULT_ROUNDS }: BenchmarkOptions): Promise<Report> {
  const rows: FaultRow[] = [];
  const notes: string[] = [];
  for (const product of FAULTY_PRODUCTS) {
    const missing = product === "embedded" ? [] : PRODUCT_NEEDS[product].flatMap((need) => need.missing() ?? []);
    if (missing.length > 0) {
      notes.push(`skipped: ${product} — ${missing.join("; ")}`);
      continue;
    }
    const broker = await startKillable(product);
    try {
      for (const fault of FAULT_NAMES) {
        for (const client of Object.values(FAULT_CLIENTS)) {
          const quietMs = QUIET_MS[client.name as keyof typeof FAULT_CLIENTS];
          rows.push(await runFault(broker, client, fault, { rounds, quietMs }));
        }
      }
    } finally {
      await broker.stop();
    }
  }
  return { tables: FAULTY_PRODUCTS.flatMap((product) => tableOf(product, rounds, rows)), rows, notes };
}

function tableOf(product: string, rounds: number, rows: readonly FaultRow[]): readonly Table[] {
  const own = rows.filter((row) => row.product === product);
  if (own.length === 0) return [];
  return [
    {
      title: `${product}: durable subscription under load; kills and cuts ${rounds} times`,
      columns: COLUMNS,
      rows: own.map(({ fault, client, sent, acknowledged, unanswered, received, lost, duplicates }) => [
        fault,
        client,
        ...[sent, acknowledged, unanswered, received, lost, duplicates].map(String),
      ]),
    },
  ];
}
