import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { javaClasses, javaLibraries, javaSources } from "../../brokers/java-parts.ts";
import { SAXON, findJava } from "../../helpers/requirements.ts";
import type { Answer } from "../our-answer.ts";

/** Saxon-HE in a process of its own. */
export interface Saxon {
  /** Evaluates XQuery that gives one string over a document. */
  ask(query: string, xml: string): Promise<Answer>;
  stop(): Promise<void>;
}

const PREPARE_TIMEOUT_MS = 600_000;

/** Starts Saxon; Maven fetches it the first time. */
export async function startSaxon(): Promise<Saxon> {
  const java = findJava();
  if (java === undefined) throw new Error(SAXON.missing());
  const jars = await javaLibraries("saxon", import.meta.dirname, PREPARE_TIMEOUT_MS);
  const sources = await javaSources(import.meta.dirname);
  const classes = await javaClasses("saxon", sources, java, jars, PREPARE_TIMEOUT_MS);
  const options = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
  const process = spawn(java.java, [...options, "-cp", [classes, join(jars, "*")].join(delimiter), "SaxonOracle"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting: ((answer: Answer) => void)[] = [];
  const ended = once(process, "exit");
  createInterface({ input: process.stdout }).on("line", (line) => waiting.shift()?.(answerOf(line)));
  return {
    ask: (query, xml) =>
      new Promise((resolve, reject) => {
        if (process.exitCode !== null) {
          reject(new Error(`Saxon ended with ${process.exitCode}`));
          return;
        }
        waiting.push(resolve);
        process.stdin.write(`${encoded(query)} ${encoded(xml)}\n`);
      }),
    stop: async () => {
      process.stdin.end();
      await ended;
    },
  };
}

function answerOf(line: string): Answer {
  const text = line.slice(1);
  return line.startsWith("=") ? { value: Buffer.from(text, "base64").toString() } : { error: text };
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}
