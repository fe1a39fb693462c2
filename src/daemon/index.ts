export { validateAtTheDoor } from "./validate-at-the-door.ts";
export type { DoorOptions } from "./validate-at-the-door.ts";
