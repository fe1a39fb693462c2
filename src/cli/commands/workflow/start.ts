import { startCommand } from "../../api/start-command.ts";
import type { AddWorkflowCommand } from "../workflow.ts";

/** Adds `workflow start`. */
export const addWorkflowStart: AddWorkflowCommand = startCommand("workflow", "Orders");
