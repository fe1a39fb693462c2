/** What stands in place of a sensitive value. */
export const MASK = "***";
