import { createRequire } from "node:module";
import { messageOf } from "../../errors.ts";
import { chooseDriver } from "../../storage/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import { fail, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** The oldest release of Node.js that the package works with. */
const LEAST_NODE = [20, 19] as const;

/** Node.js, SQLite, and the optional packages that the configuration needs. */
export function checkRuntime(
  { email, http }: Pick<DaemonConfig, "email" | "http">,
  version: string = process.versions.node,
): readonly Finding[] {
  const needed = ["pino", "smol-toml", "undici", "ipaddr.js"];
  if (http.enabled) needed.push("fastify", "@fastify/rate-limit", "@fastify/swagger", "jose", "prom-client", "typebox");
  if (email.host !== undefined) needed.push("nodemailer");
  return [node(version), sqlite(), packages(needed)];
}

function node(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [least, leastMinor] = LEAST_NODE;
  if (major > least || (major === least && minor >= leastMinor)) return ok("node", `Node.js ${version}`);
  return fail("node", `Node.js ${version} is too old`, `use Node.js ${least}.${leastMinor} or later`);
}

function sqlite(): Finding {
  try {
    return ok("sqlite", chooseDriver().name);
  } catch (error) {
    const reason = messageOf(error);
    return fail("sqlite", "there is no SQLite", reason);
  }
}

function packages(needed: readonly string[]): Finding {
  const missing = needed.filter((name) => !isInstalled(name));
  if (missing.length === 0) return ok("packages", `${needed.length} optional packages that are needed are installed`);
  return fail("packages", `missing: ${missing.join(", ")}`, `npm install ${missing.join(" ")}`);
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    // One that has no way in for require is there all the same.
    return (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND";
  }
}
