import { Pool } from "undici";

/** What one would write without a daemon: so many calls at a time, no record, no retry. */
export interface PlainLoopOrder {
  readonly url: string;
  readonly body: string;
  readonly count: number;
  readonly concurrency: number;
}

process.on("message", (order: PlainLoopOrder) => void post(order).then(() => process.send?.("done")));
process.send?.("ready");

let pool: Pool | undefined;

async function post({ url, body, count, concurrency }: PlainLoopOrder): Promise<void> {
  const { origin, pathname } = new URL(url);
  pool ??= new Pool(origin, { connections: concurrency });
  const calls = pool;
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const { statusCode, body: answer } = await calls.request({
        method: "POST",
        path: pathname,
        headers: { "content-type": "application/json" },
        body,
      });
      await answer.text();
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
