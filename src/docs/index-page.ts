import { counted } from "../counted.ts";
import type { DocumentedEvent } from "./documented-event.ts";
import { markup, type Html } from "./html.ts";
import { page } from "./page.ts";

/** The page with all event types. */
export function indexPage(events: readonly DocumentedEvent[], namespace: string): string {
  const count = counted(events.length, "event type");
  return page(
    "Event types",
    markup`<main id="content">
        <h1>Event types</h1>
        <p class="lead">
          ${count}. Each is an element in an <code>Event</code> of the namespace <code>${namespace}</code>.
        </p>
        <p><a href="asyncapi.json">AsyncAPI document</a></p>
        <div class="scroll" role="region" aria-label="Event types" tabindex="0">
          <table>
            <caption>
              The routing key stands behind the domain of the sender.
            </caption>
            <thead>
              <tr>
                <th scope="col">Event type</th>
                <th scope="col">Meaning</th>
                <th scope="col">Module</th>
                <th scope="col">Routing key</th>
              </tr>
            </thead>
            <tbody>
              ${events.map((event) => indexRow(event, namespace))}
            </tbody>
          </table>
        </div>
      </main>
      <footer>Written by <code>xqbus schema docs</code> from the XSD files.</footer>`,
  );
}

function indexRow({ description, id, routingKey }: DocumentedEvent, home: string): Html {
  const { name, namespace, documentation, module, annotations = {} } = description;
  return markup`<tr>
    <th scope="row">
      <a href="${id}.html">${name}</a
      >${namespace === home ? undefined : markup`<br /><span class="soft">${namespace === "" ? "no namespace" : namespace}</span>`}
    </th>
    <td>
      ${annotations.deprecated === undefined ? undefined : markup`<span class="mark warn">deprecated</span> `}${firstSentence(documentation)}
    </td>
    <td>${module}</td>
    <td><code>${routingKey}</code></td>
  </tr> `;
}

function firstSentence(text: string): string {
  const [paragraph = ""] = text.split("\n\n");
  return /^.*?[.!?](?=\s|$)/.exec(paragraph)?.[0] ?? paragraph;
}
