/** What stands in place of a value that is not shown: of a sensitive field, or a secret. */
export const MASK = "***";
