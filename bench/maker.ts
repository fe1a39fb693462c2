import { create } from "xmlbuilder2";
import type { Event } from "xqbus";
import { xqbus } from "./compiled-package.ts";
import { measure } from "./measure.ts";
import { phoneStatus } from "./phone-status.ts";
import type { PhoneStatus } from "./phone-status.ts";
import { costTable } from "./report.ts";
import type { BenchmarkOptions, Report } from "./report.ts";

type Writer = (values: PhoneStatus) => Uint8Array;

const NAMESPACE = "http://www.gonicus.de/Events";
const SPECIAL = /[&<>\r]/g;
/** Anything but a Char (XML 1.0, production 2); with the flag u a lone surrogate is one character. */
const ILLEGAL = /[^\t\n\r\x20-\uD7FF\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const REFERENCES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };
const MAX_RATIO = 3;

const e = new xqbus.EventMaker();

function escape(text: string): string {
  return text.replace(SPECIAL, (character) => REFERENCES[character] ?? character);
}

function checkedEscape(text: string): string {
  if (ILLEGAL.test(text)) throw new Error("a character that XML does not allow");
  return escape(text);
}

const checkedTemplate: Writer = ({ callerId, receiverId, status }) =>
  Buffer.from(
    `<Event xmlns="${NAMESPACE}"><PhoneStatus><CallerId>${checkedEscape(callerId)}</CallerId><ReceiverId>${checkedEscape(receiverId)}</ReceiverId><Status>${checkedEscape(status)}</Status></PhoneStatus></Event>`,
  );

const bareTemplate: Writer = ({ callerId, receiverId, status }) =>
  Buffer.from(
    `<Event xmlns="${NAMESPACE}"><PhoneStatus><CallerId>${escape(callerId)}</CallerId><ReceiverId>${escape(receiverId)}</ReceiverId><Status>${escape(status)}</Status></PhoneStatus></Event>`,
  );

const madeEvent = ({ callerId, receiverId, status }: PhoneStatus): Event =>
  e.Event(e.PhoneStatus(e.CallerId(callerId), e.ReceiverId(receiverId), e.Status(status)));

const xmlbuilder: Writer = ({ callerId, receiverId, status }) =>
  Buffer.from(
    create()
      .ele(NAMESPACE, "Event")
      .ele(NAMESPACE, "PhoneStatus")
      .ele(NAMESPACE, "CallerId")
      .txt(callerId)
      .up()
      .ele(NAMESPACE, "ReceiverId")
      .txt(receiverId)
      .up()
      .ele(NAMESPACE, "Status")
      .txt(status)
      .end({ headless: true }),
  );

const WRITERS: Readonly<Record<string, Writer>> = {
  "template, escapes and checks characters": checkedTemplate,
  "template, escapes only": bareTemplate,
  "EventMaker, bytes as they are sent": (values) => xqbus.bytesOf(madeEvent(values)),
  "EventMaker, event.bytes (a copy)": (values) => madeEvent(values).bytes,
  "xmlbuilder2, fluent, no character check": xmlbuilder,
};

/** Writing a PhoneStatus event with the EventMaker, against a template written by hand and against xmlbuilder2. */
export function run(options: BenchmarkOptions): Report {
  assertSameEvent();
  const [template, ...others] = Object.entries(WRITERS).map(([name, write]) => ({
    name,
    run: (index: number) => write(phoneStatus(index)).length,
  }));
  if (template === undefined) throw new Error("nothing to compare with");
  const measurements = measure([template, ...others], options);
  return {
    tables: [
      costTable(`Writing one PhoneStatus event of ${checkedTemplate(phoneStatus(1)).length} bytes`, measurements),
    ],
    targets: measurements
      .filter(({ name }) => name.startsWith("EventMaker"))
      .map(({ name, ratio }) => ({
        text: `${name}, ratio to the template that checks characters`,
        limit: MAX_RATIO,
        measured: ratio,
      })),
  };
}

/** Who writes less would win. */
function assertSameEvent(): void {
  const values = phoneStatus(0);
  const expected = Buffer.from(checkedTemplate(values)).toString();
  for (const [name, write] of Object.entries(WRITERS)) {
    const written = Buffer.from(write(values)).toString();
    if (written !== expected) throw new Error(`${name} writes ${written}, not ${expected}`);
  }
}
