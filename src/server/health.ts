/** Whether a daemon can do its work. */
export interface HealthReport {
  /** `failed`: not ready for traffic. `degraded`: it works, but somebody should look. */
  readonly status: "ok" | "degraded" | "failed";
  readonly checks: readonly HealthCheck[];
}

/** One thing that was looked at: broker connection, disk, catalog, store. */
export interface HealthCheck {
  readonly name: string;
  readonly status: "ok" | "degraded" | "failed";
  /** What was found; what to do when it is not `ok`. */
  readonly detail: string;
}
