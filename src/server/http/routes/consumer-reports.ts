import { Type } from "typebox";
import { TASKLET_OUTCOMES, type TaskletReport } from "../../tasklet-records/index.ts";
import { Refusal } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, text, time } from "../schemas/answers.ts";

const MAX_RECORDS = 1000;
/** The largest time of a Date. */
const MAX_TIME = 8_640_000_000_000_000;

const AT = Type.Number({ minimum: 0, maximum: MAX_TIME, description: "ms since 1970" });
const RECORD = given({
  consumer: text(256, "<application>.<process>"),
  tasklet: Type.Optional(text(256, "its module; left out: no tasklet wanted the event")),
  eventId: Type.Optional(text(256, "message id; without it the record is counted only")),
  eventType: text(256),
  eventKey: text(1024, "routing key"),
  attempt: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  outcome: Type.Enum([...TASKLET_OUTCOMES]),
  startedAt: AT,
  endedAt: AT,
  error: Type.Optional(given({ code: text(256), message: text(2000) })),
});
const REPORT = given(
  {
    records: Type.Array(RECORD, { maxItems: MAX_RECORDS }),
    dropped: Type.Optional(Type.Integer({ minimum: 0, description: "records that were lost on the way" })),
  },
  "What tasklets did",
);

/** What consumers in folders tell of their tasklets: `POST /consumer-reports`. */
export function addConsumerReportRoute({ app, parts: { taskletRecords } }: RouteContext): void {
  app.post<{ Body: TaskletReport }>(
    "/consumer-reports",
    {
      config: { access: "consumer:report" },
      schema: {
        summary: "Tell what tasklets did for events",
        description: "For traces of events and metrics. What is told again is kept once, and counted again.",
        tags: ["consumers"],
        body: REPORT,
        response: { 200: answer("It is kept", Type.Object({ keptAt: time() })) },
      },
    },
    async ({ body }) => {
      if (taskletRecords === undefined)
        throw new Refusal(404, "xqbus:resource-not-found", "this daemon keeps no records of tasklets");
      await taskletRecords.add(body);
      return { keptAt: Date.now() };
    },
  );
}
