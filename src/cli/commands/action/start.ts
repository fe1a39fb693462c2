import { startCommand } from "../../api/start-command.ts";
import type { AddActionCommand } from "../action.ts";

/** Adds `action start`. */
export const addActionStart: AddActionCommand = startCommand("action", '"Event handle"');
