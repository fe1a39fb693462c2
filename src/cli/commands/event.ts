import type { Command } from "commander";
import type { AttributeDescription, EventDescription, FieldDescription, TypeDescription } from "../../schema/index.ts";
import { annotationLines, fieldMarks } from "../annotation-lines.ts";
import type { AddCommand } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { Output } from "../io.ts";
import { addEventNew } from "./event/new.ts";
import { jsonOption, openCatalog, schemasOption } from "../options.ts";
import type { CatalogOption } from "../options.ts";

type EventOptions = CatalogOption & { readonly json?: true };

export const addEvent: AddCommand = (program, session) => {
  const event = program
    .command("event")
    .description("event types of the catalog")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus event list\n  xqbus event show PhoneStatus\n  xqbus event new DoorOpened --field Door:string",
    );

  const list: Command = event.command("list").description("all event types with module and first sentence");
  list
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus event list
  xqbus event list --schemas ./my-schemas --json

The exit code is 1 when an XSD file is broken; the event types of the others are listed all the same.`,
    )
    .action(async (options: EventOptions) => {
      const output = new Output(session.io, options.json === true);
      using catalog = await openCatalog(options, output);
      const events = catalog.eventNames.map((name) => catalog.describe(name));
      if (output.json)
        output.value(
          events.map(({ name, namespace, module, documentation, file, annotations }) => ({
            name,
            namespace,
            module,
            documentation,
            file,
            annotations,
          })),
        );
      else for (const line of eventTable(events, output)) output.line(line);
      if (catalog.problems.length > 0) session.exitCode = EXIT.failure;
    });

  const show: Command = event.command("show").description("one event type: its fields, types and documentation");
  show
    .argument("<name>", "name of the event type")
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  xqbus event show PhoneStatus\n  xqbus event show CollectD --json")
    .action(async (name: string, options: EventOptions) => {
      const output = new Output(session.io, options.json === true);
      using catalog = await openCatalog(options, output);
      const description = catalog.describe(name);
      if (output.json) output.value(description);
      else for (const line of eventPage(description, output)) output.line(line);
    });

  addEventNew(event, session);
};

function eventTable(events: readonly EventDescription[], output: Output): readonly string[] {
  const width = (values: readonly string[]): number => Math.max(0, ...values.map((value) => value.length));
  const names = width(events.map((event) => event.name));
  const modules = width(events.map((event) => event.module ?? "-"));
  return events.map(
    ({ name, module, documentation }) =>
      `${output.style("bold", name.padEnd(names))}  ${(module ?? "-").padEnd(modules)}  ${firstSentence(documentation)}`,
  );
}

function eventPage(event: EventDescription, output: Output): readonly string[] {
  const { name, module, documentation, file, type } = event;
  return [
    `${output.style("bold", name)}${module === undefined ? "" : ` (${module})`}`,
    ...(documentation === "" ? [] : [oneLine(documentation)]),
    output.style("dim", file),
    ...annotationLines(event, output),
    "",
    ...type.attributes.map((attribute) => attributeLine(attribute, "", event)),
    ...(type.fields.length === 0
      ? ["  no fields"]
      : type.fields.flatMap((field) => fieldLines(field, "", event, output))),
  ];
}

/** @param parent path of the element that the field is in; empty for the event element */
function fieldLines(
  field: FieldDescription,
  parent: string,
  event: EventDescription,
  output: Output,
): readonly string[] {
  const { minOccurs, maxOccurs, type } = field;
  const path = `${parent}${field.name}`;
  const occurs =
    minOccurs === 1 && maxOccurs === 1 ? "" : ` {${minOccurs}..${maxOccurs === "unbounded" ? "n" : maxOccurs}}`;
  const marks = fieldMarks(path, field.annotations, event);
  const lines = [
    `${indentOf(path)}${output.style("cyan", field.name)}${occurs}: ${typeText(type)}${marks}${field.documentation === "" ? "" : ` - ${oneLine(field.documentation)}`}`,
  ];
  if (type.kind === "complex") {
    lines.push(
      ...type.attributes.map((attribute) => attributeLine(attribute, `${path}/`, event)),
      ...type.fields.flatMap((inner) => fieldLines(inner, `${path}/`, event, output)),
    );
  }
  return lines;
}

function attributeLine(attribute: AttributeDescription, parent: string, event: EventDescription): string {
  const path = `${parent}@${attribute.name}`;
  const marks = fieldMarks(path, attribute.annotations, event);
  return `${indentOf(path)}@${attribute.name}${attribute.required ? "" : " {0..1}"}: ${typeText(attribute.type)}${marks}`;
}

function indentOf(path: string): string {
  return "  ".repeat(path.split("/").length);
}

function typeText(type: TypeDescription): string {
  if (type.kind === "complex") return type.mixed ? `${type.content}, mixed with text` : type.content;
  const base = type.list ? `list of ${type.base}` : type.base;
  if (type.enumeration !== undefined) return `one of ${type.enumeration.join(", ")}`;
  const facets = Object.entries(type.facets).map(([facet, value]) => `${facet} ${value}`);
  return facets.length === 0 ? base : `${base} (${facets.join(", ")})`;
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/.exec(oneLine(text))?.[0] ?? oneLine(text);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
