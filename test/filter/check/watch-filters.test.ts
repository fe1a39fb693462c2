import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileFilter, watchFilters, type Filter } from "../../../src/filter/index.ts";
import { catalogOf, eventXsd, folderWith } from "../../schema/harness.ts";

const WITH_ROOM = eventXsd("Door", `<xs:element name="Room" type="xs:string"/>`);
const WITHOUT = eventXsd("Door", `<xs:element name="Number" type="xs:string"/>`);

describe("filters in use, when the catalog changes", () => {
  it("are checked again; what newly can never match is told of, once", async () => {
    const folder = folderWith({ "Door.xsd": WITH_ROOM });
    const catalog = await catalogOf(folder);
    const watcher = catalog.watch();
    const room = compileFilter("/e:Event/e:Door[e:Room = '1']", { catalog });
    const number = compileFilter("/e:Event/e:Door[e:Number = '1']", { catalog, onCatalogProblem: "warning" });
    const news: [Filter, string | undefined][] = [];
    const filters = [room, number];
    const end = watchFilters(
      catalog,
      () => filters,
      (filter, { problems }) => news.push([filter, problems[0]?.message]),
    );
    const write = async (text: string): Promise<void> => {
      writeFileSync(join(folder, "Door.xsd"), text);
      await watcher.reload();
    };

    await write(WITHOUT);
    expect(news).toEqual([[room, "Door has no child Room, only Number"]]);
    await write(WITHOUT.replace("xs:string", "xs:token"));
    expect(news).toHaveLength(1);
    await write(WITH_ROOM);
    expect(news).toEqual([
      [room, "Door has no child Room, only Number"],
      [number, "Door has no child Number, only Room"],
    ]);
    await write(WITHOUT);
    expect(news).toHaveLength(3);
    // One that was added in between is looked at from then on.
    const later = compileFilter("//e:Number", { catalog });
    filters.push(later);
    await write(WITH_ROOM);
    expect(news.slice(3).map(([filter]) => filter)).toEqual([number, later]);

    end();
    await write(WITHOUT);
    expect(news).toHaveLength(5);
    await watcher.close();
  });
});
