import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { root } from "./command.ts";

const execute = promisify(execFile);

const XML = [
  ...["DEFAULT_XML_LIMITS", "ExpandedName", "NodeType", "XMLNS_NAMESPACE", "XML_NAMESPACE", "XmlAttribute"],
  ...["XmlComment", "XmlDocument", "XmlElement", "XmlProcessingInstruction", "XmlSyntaxError", "XmlText"],
  ...["assertXmlCharacters", "attributeValue", "childElements", "documentName", "documentOf", "escapeAttribute"],
  ...["escapeText", "internName", "isNCName", "isName", "isXmlChar", "lookupNamespace", "parseXml", "positionOf"],
  ...["resolveXmlLimits", "sameName", "serializeXml", "stringValue"],
];
const SCHEMA = [
  ...["DEFAULT_NAMESPACE", "DEFAULT_SCHEMA_FILE_LIMITS", "InvalidEventError", "UnknownNameError"],
  ...["defaultVocabulary", "formatProblem", "formatSchemaProblem", "loadCatalog", "nearestName"],
];
const EVENT = ["Event", "EventMaker", "MadeElement", "bytesOf"];
const FILTER = ["DEFAULT_FILTER_NAMESPACES", "EVERY_EVENT", "FilterError", "compileFilter"];
const AMQP = [
  ...["AMQPEventConsumer", "AbortedError", "AuthenticationError", "CertificateError", "EventPublisher"],
  ...["NotConnectedError", "RefusedError", "TimeoutError", "parseBusUrl"],
];
const BROKER = ["DEFAULT_BROKER_LIMITS", "startBroker"];
const SERVICE = ["AMQPServiceProxy"];

/** What each entry of the package gives at run time: adding a name is a decision, losing one breaks somebody's program. */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  xqbus: ["ERROR_CODES", "XqbusError", ...XML, ...SCHEMA, ...EVENT, ...FILTER, ...AMQP, ...BROKER, ...SERVICE].sort(),
  "xqbus/xml": XML,
  "xqbus/schema": SCHEMA,
  "xqbus/event": EVENT,
  "xqbus/filter": FILTER,
  "xqbus/amqp": AMQP,
  "xqbus/broker": BROKER,
  "xqbus/service": SERVICE,
};

/** Runs a module with plain Node in the checkout, where the package finds itself by its name. */
async function node(source: string): Promise<unknown> {
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", source], { cwd: root });
  return JSON.parse(stdout);
}

describe("the compiled package", () => {
  it.each(Object.entries(EXPORTS))("is imported as %s and exports what it promises", async (name, names) => {
    const source = `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(name)})).sort()))`;
    expect(await node(source)).toEqual(names);
  });

  it("does not let its inner files be imported", async () => {
    const source = 'console.log(JSON.stringify(await import("xqbus/cli").then(() => "imported", (e) => e.code)))';
    expect(await node(source)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("is packed with code, types and event types, and without tests and sources", async () => {
    const { stdout } = await execute("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      shell: process.platform === "win32",
    });
    const [pack] = JSON.parse(stdout) as [{ files: { path: string; mode: number }[] }];
    const paths = pack.files.map((file) => file.path);
    expect(paths).toEqual(
      expect.arrayContaining([
        ...["package.json", "LICENSE", "dist/index.js", "dist/index.d.ts", "dist/cli/main.js"],
        ...["schemas/events/Event.xsd", "schemas/events/PhoneStatus.xsd", "schemas/events/CollectD.xsd"],
      ]),
    );
    expect(paths.filter((path) => path.startsWith("schemas/events/") && path.endsWith(".xsd"))).toHaveLength(13);
    expect(paths.filter((path) => !/^(dist|schemas)\/|^[\w.]+$/.test(path))).toEqual([]);
  });
});
