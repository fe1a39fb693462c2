export { examine } from "./examine.ts";
export type { ExamineOptions } from "./examine.ts";
export type { Finding } from "./finding.ts";
