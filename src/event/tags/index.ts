export { formatTags } from "./format-tags.ts";
export { parseTags } from "./parse-tags.ts";
export type { Tag, TagLimits, TagLine } from "./tag-line.ts";
