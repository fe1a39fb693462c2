export { DaemonDeadLetters } from "./daemon-dead-letters.ts";
export type { DeadLetterPlaces } from "./daemon-dead-letters.ts";
export type {
  DeadLetter,
  DeadLetterChange,
  DeadLetterChangeOptions,
  DeadLetterGroup,
  DeadLetterQuery,
  DeadLetters,
  DeadLetterView,
} from "./dead-letter.ts";
