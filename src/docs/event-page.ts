import type { DocumentedEvent } from "./documented-event.ts";
import { fieldRows, type FieldRow } from "./field-rows.ts";
import { markup, type Html, type HtmlPart } from "./html.ts";
import { page } from "./page.ts";
import { paragraphs } from "./paragraphs.ts";

/** The page of one event type. */
export function eventPage(event: DocumentedEvent, schema: string): string {
  const { name, documentation, annotations = {} } = event.description;
  return page(
    `${name} - event type`,
    markup`<nav aria-label="Pages"><a href="index.html">All event types</a></nav>
      <main id="content">
        <h1>${name}</h1>
        ${annotations.deprecated === undefined ? undefined : markup`<p class="warn"><strong>Deprecated.</strong> ${annotations.deprecated}</p> `}
        <div class="lead">
          ${documentation === "" ? markup`<p class="soft">Not documented in its XSD file.</p>` : paragraphs(documentation)}
        </div>
        ${factsOf(event, schema)}
        <h2 id="fields">Fields</h2>
        ${fieldsTable(event)}
        <h2 id="filter">Filter that selects it</h2>
        <p>XQuery, for <code>--xquery</code> and <code>compileFilter</code>:</p>
        ${listing(event.filter, "Filter")} ${sampleSections(event)}
      </main>
      <footer>
        Written by <code>xqbus schema docs</code> from the XSD file: change that, not this page. The sample is made up.
      </footer>`,
  );
}

function factsOf({ description, routingKey, properties }: DocumentedEvent, schema: string): Html {
  const { namespace, module, annotations = {} } = description;
  const facts: readonly (readonly [label: string, value: HtmlPart])[] = [
    ["Routing key", markup`<code>&lt;domain&gt;.${routingKey}</code>`],
    ["Namespace", namespace === "" ? "none" : markup`<code>${namespace}</code>`],
    ["Schema", markup`<a href="${schema}"><code>${schema}</code></a>`],
    ["Module", module],
    ["Type", annotations.type],
    ["Owner", annotations.owner],
    ["Promoted", joined(properties.map(({ property }) => property))],
    ["Ordered by", joined(annotations.orderBy)],
    ["Told apart by", joined(annotations.dedupeKey)],
    ["Kept for", annotations.retention],
    ["Sensitive", joined(annotations.sensitive)],
  ];
  const given = facts.filter(([, value]) => value !== undefined);
  return markup`<dl>
    ${given.map(
      ([label, value]) =>
        markup`<dt>${label}</dt>
          <dd>${value}</dd> `,
    )}
  </dl>`;
}

function joined(texts: readonly string[] | undefined): Html | undefined {
  if (texts === undefined || texts.length === 0) return undefined;
  return markup`${texts.map((text, index) => markup`${index === 0 ? "" : ", "}<code>${text}</code>`)}`;
}

function fieldsTable({ description }: DocumentedEvent): Html {
  const rows = fieldRows(description);
  if (rows.length === 0) return markup`<p>It has no fields: that it was sent is all it says.</p>`;
  return markup`<div class="scroll" role="region" aria-label="Fields" tabindex="0">
    <table>
      <caption>
        ${contentText(description.type.content)}${description.type.mixed ? " Text may stand between them." : ""}
      </caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Occurs</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(fieldRow)}
      </tbody>
    </table>
  </div>`;
}

function fieldRow(row: FieldRow | undefined): Html {
  if (row === undefined)
    return markup`<tr>
      <td colspan="4">There are more fields; the XSD file has them all.</td>
    </tr> `;
  const { name, depth, occurs, type, values, facets, documentation, marks, deprecated } = row;
  const level = Math.min(depth, MAX_DEPTH_CLASS);
  return markup`<tr>
    <th scope="row" class="depth-${level}"><code>${name}</code></th>
    <td>${occurs}</td>
    <td>
      <code>${type}</code>${valueList(values)}${facets.map((facet) => markup`<br /><span class="soft">${facet}</span>`)}
    </td>
    <td>
      ${marks.map((mark) => markup`<span class="mark">${mark}</span>`)}${deprecated === undefined ? undefined : markup`<span class="mark warn">deprecated</span> ${deprecated} `}${paragraphs(documentation)}
    </td>
  </tr> `;
}

/** Deeper fields are indented no further. */
const MAX_DEPTH_CLASS = 5;

function valueList(values: readonly string[]): Html | undefined {
  if (values.length === 0) return undefined;
  return markup`<ul class="values" aria-label="Allowed values">
    ${values.map((value) => markup`<li><code>${value}</code></li>`)}
  </ul>`;
}

function contentText(content: string): string {
  switch (content) {
    case "all":
      return "The elements may come in any order.";
    case "choice":
      return "The elements are alternatives.";
    case "sequence":
      return "The elements come in this order.";
    default:
      return "What it holds.";
  }
}

function sampleSections({ sample }: DocumentedEvent): Html {
  if ("reason" in sample)
    return markup`<h2 id="sample">Sample</h2>
      <p class="soft">There is none: ${sample.reason}.</p>`;
  const program = `import { EventMaker } from "xqbus";\n\nconst e = EventMaker(catalog);\nconst event = ${sample.maker};\n`;
  return markup`<h2 id="xml">Sample in XML</h2>
    ${listing(sample.xml, "Sample in XML")}
    <h2 id="json">Sample in JSON</h2>
    ${listing(sample.json, "Sample in JSON")}
    <h2 id="typescript">Made in TypeScript</h2>
    ${listing(program, "Made in TypeScript")}`;
}

/** A scrolling box must be reachable by keyboard. HTML drops a line break right behind the start tag, so there is none. */
function listing(text: string, label: string): Html {
  return markup`<pre tabindex="0" role="group" aria-label="${label}"><code>${text.trimEnd()}</code></pre>`;
}
