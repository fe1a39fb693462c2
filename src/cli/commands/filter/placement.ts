import { Option, type Command } from "commander";
import { AMQPEventConsumer, type FilterPlacement, type PlacementMode } from "../../../amqp/index.ts";
import { Output } from "../../io.ts";
import {
  busUrl,
  connectOptions,
  jsonOption,
  openCatalog,
  schemasOption,
  urlOptions,
  type CatalogOption,
  type UrlOptions,
} from "../../options.ts";
import { readFilter, type FilterTexts } from "../../read-filter.ts";
import { errorToJson } from "../../report-error.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddFilterCommand } from "../filter.ts";

interface PlacementOptions extends UrlOptions, CatalogOption, FilterTexts {
  readonly mode: PlacementMode;
  readonly durable?: string;
  readonly json?: true;
}

export const addFilterPlacement: AddFilterCommand = (filter, session) => {
  const command: Command = filter
    .command("placement")
    .description("which part of a filter a broker takes over, and what runs in the consumer; subscribes for a moment")
    .argument("[file]", "file with a filter in XQuery, or - for standard input")
    .addOption(new Option("--xquery <query>", "XQuery 3.1"))
    .addOption(new Option("--xpath <path>", "XPath 3.1; the prefix e: is declared for the shipped event types"))
    .option("--xpath1 <path>", "XPath 1.0")
    .addOption(
      new Option("--mode <mode>", "what the broker may be asked for: as the option placement of a consumer")
        .choices(["open", "labelled", "here"])
        .default("open"),
    )
    .addOption(schemasOption());
  for (const option of [...urlOptions(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus filter placement --xquery '/e:Event/e:PhoneStatus[e:Status = "busy"]'
  xqbus filter placement --url amqp://user:password@artemis/org.clacks --mode labelled busy-phones.xq
  xqbus filter placement --xpath '//e:Status = "busy"' --json

A filter that the broker evaluates exactly does not run again in the consumer.`,
    )
    .action(async (file: string | undefined, options: PlacementOptions) => {
      const given = [file, options.xquery, options.xpath, options.xpath1].filter((each) => each !== undefined);
      if (given.length !== 1) command.error("error: give one filter: --xquery, --xpath, --xpath1 or a file");
      const [text, language] = await readFilter(file, options, session);
      const output = new Output(session.io, options.json === true);
      using catalog = await openCatalog(options, output);
      await using consumer = await AMQPEventConsumer.open(busUrl(options, session.io), {
        ...(await connectOptions(options, session.io)),
        [language]: text,
        catalog,
        placement: options.mode,
        onCatalogProblem: "warning",
        onError: (error) => output.warning(visibleText(error.message), errorToJson(error)),
      });
      const { placement } = consumer;
      if (placement === undefined) return;
      if (output.json) output.value(placement);
      else show(placement, output);
    });
};

function show({ product, dialect, asked, applied, runsHere, reasons }: FilterPlacement, output: Output): void {
  output.line(`broker    ${visibleText(product ?? "says nothing of itself")} (dialect ${dialect})`);
  if (asked.length === 0) output.line("asked     for nothing");
  for (const filter of asked) {
    const outcome = applied.includes(filter) ? "applied" : "not relied on";
    output.line(visibleText(`asked     ${filter.kind}, ${outcome}: ${filter.text.replaceAll(/\s+/gu, " ")}`));
  }
  output.line(`consumer  ${runsHere ? "evaluates the filter" : "need not evaluate the filter"}`);
  for (const reason of reasons) output.line(visibleText(`because   ${reason}`));
}
