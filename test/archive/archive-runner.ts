import { Archive, ArchiveService } from "../../src/archive/index.ts";
import { ARCHIVE_MIGRATIONS } from "../../src/archive/migrations.ts";
import { openDatabase } from "../../src/database/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";

/**
 * Dies in the middle: `archive-runner DATABASE migration` when the tables are made and not committed, `archive-runner DATABASE BUS COUNT`
 * when so many events are committed and the last of them is not accepted.
 */
const [database = "", bus = "", count = ""] = process.argv.slice(2);

function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

if (bus === "migration") {
  const steps = Object.entries(ARCHIVE_MIGRATIONS.steps).map(([name, step]) => {
    const mortal: typeof step = async (tools) => {
      await step(tools);
      await die();
    };
    return [name, mortal] as const;
  });
  await openDatabase(database, { migrations: { ...ARCHIVE_MIGRATIONS, steps: Object.fromEntries(steps) } });
}

let left = Number(count);
const { prototype } = Archive;
const add = Reflect.get<Archive, "add">(prototype, "add");
prototype.add = async function (this: Archive, ...args) {
  await add.apply(this, args);
  if (--left === 0) await die();
};
const service = new ArchiveService({
  ...{ url: bus, connect: {}, catalog: await loadCatalog(), folder: ".", database, subscription: "archive" },
  retention: {},
  onError: (error) => console.error(error.message),
});
await service.start();
