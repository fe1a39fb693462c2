import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedFolder } from "./requirements.ts";

/** What a user of the seed puts in place of its words in braces. */
export interface SampleValues {
  /** Of the HTTP API. */
  readonly url: string;
  /** Of the action or workflow. */
  readonly id: string;
  readonly token: string;
  /** The seed has the URL of actions, and says that workflows have another one. */
  readonly kind?: "actions" | "workflows";
}

/** A sample of the seed about actions (its shared folder is {@link SHARED_FOLDER}), unchanged but for host, id and token. */
export function seedSample(tab: "cURL" | "Python 3+", { url, id, token, kind = "actions" }: SampleValues): string {
  const seed = readFileSync(join(sharedFolder() ?? "", "seeds/forepaas-event-actions.md"), "utf8");
  const [, sample = ""] = seed.split(`#### **${tab}**`)[1]?.split("```") ?? [];
  return sample
    .replace(/^\w+\n/, "")
    .replace("https://{subdomain}.eu.dataplatform.ovh.net", url)
    .replace("/v3/actions/", `/v3/${kind}/`)
    .replace("{action_id}", id)
    .replace("{token}", token);
}
