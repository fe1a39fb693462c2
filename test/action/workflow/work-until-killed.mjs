// Carries out the runs of a database until a workflow has ended, or until it kills itself around its first commit of a change of runs.
import { RunQueue, RunWorker } from "../../../dist/action/run/index.js";
import { openWorkDatabase } from "../../../dist/action/work-database.js";
import { WORKFLOW_KIND, workflowHook } from "../../../dist/action/workflow/index.js";

const [url, workflow, dies] = process.argv.slice(2);

function die() {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

class MortalQueue extends RunQueue {
  async change(change) {
    const result = await super.change(async (changes) => {
      const changed = await change(changes);
      if (dies === "before") await die();
      return changed;
    });
    if (dies === "after") await die();
    return result;
  }
}

const database = await openWorkDatabase(url);
const queue = new MortalQueue(database);
queue.onEnded(workflowHook);
const action = {
  run: async ({ step, event }) => {
    if (step === "broken") throw new Error("broken");
    return event.content;
  },
};
const worker = new RunWorker({
  queue,
  kinds: { action, workflow: WORKFLOW_KIND },
  places: 1,
  leaseMs: 100,
  pollMs: 20,
});
await worker.start();
while ((await queue.get(workflow)).endedAt === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
await worker.stop({ timeoutMs: 1000 });
await database.close();
