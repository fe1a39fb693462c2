import { compileFilter, FilterError, RoutingPatterns } from "../../../filter/index.ts";
import type { Filter } from "../../../filter/index.ts";
import { MessageView } from "../message/message-view.ts";
import type { LinkFilters } from "./link-filters.ts";

/** Decides for one consumer of a queue which messages it wants; undefined when it wants all. */
export function wantedMessage({ query, pattern, conditions }: LinkFilters): ((bytes: Buffer) => boolean) | undefined {
  if (query === undefined && pattern === undefined && conditions.length === 0) return undefined;
  const filter = query === undefined ? undefined : compileFilter(query);
  const patterns = new RoutingPatterns();
  if (pattern !== undefined) patterns.take(pattern);
  return (bytes) => {
    const message = new MessageView(bytes);
    if (pattern !== undefined && patterns.matching(message.routingKey).length === 0) return false;
    if (!conditions.every((condition) => condition(message))) return false;
    return filter === undefined || matches(filter, message);
  };
}

/** An evaluation that fails is no match, as with the filters of a topic. */
function matches(filter: Filter, { document, filterMessage }: MessageView): boolean {
  try {
    return document !== undefined && filter.matches(document, filterMessage);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return false;
  }
}
