import type { BrokerStoreOptions } from "../broker/index.ts";
import type { Output } from "./io.ts";

/** Problems that are printed one by one. */
const MAX_PRINTED = 20;

/** Where a broker keeps its messages, and what is wrong with them on stderr: the first ones, since there may be a million. */
export function storeIn(folder: string, output: Output): BrokerStoreOptions {
  let problems = 0;
  return {
    folder,
    onProblem: ({ message }) => {
      problems++;
      if (problems <= MAX_PRINTED) output.note(message);
      if (problems === MAX_PRINTED) output.note(`further problems are only counted; see xqbus store check ${folder}`);
    },
  };
}
