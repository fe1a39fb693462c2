/** What one look has found. */
export interface Finding {
  /** What was looked at: `port`, `disk`, `smtp`. */
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What to do; undefined for `ok`. */
  readonly advice: string | undefined;
}

export function ok(name: string, detail: string): Finding {
  return { name, status: "ok", detail, advice: undefined };
}

export function warn(name: string, detail: string, advice: string): Finding {
  return { name, status: "warn", detail, advice };
}

export function fail(name: string, detail: string, advice: string): Finding {
  return { name, status: "fail", detail, advice };
}
