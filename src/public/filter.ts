/** `xqbus/filter`: filters, one or many. */
export type * from "../filter/index.ts";
export {
  DEFAULT_FILTER_INDEX_OPTIONS,
  DEFAULT_FILTER_NAMESPACES,
  EVERY_EVENT,
  FilterError,
  FilterIndex,
  MESSAGE_NAMESPACE,
  SelectorError,
  compileFilter,
  compileSelector,
  formatExplanation,
  watchFilters,
} from "../filter/index.ts";
