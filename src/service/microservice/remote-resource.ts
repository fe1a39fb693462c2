import { XqbusError } from "../../errors.ts";
import type { CallContext } from "../service-methods.ts";
import { ServiceError } from "../service-error.ts";
import { serveMethods, type MethodService, type ServeOptions } from "../serve-methods.ts";
import { microserviceSettings, otherOptions, type MicroserviceOptions } from "./microservice-settings.ts";

/** A resource of another service: its fields are its properties. Frozen, because others in this process may have the same one. */
export type RemoteResource = Readonly<Record<string, unknown>>;

/** There is no resource with this id. */
export class ResourceNotFoundError extends XqbusError {
  readonly status = 404 as const;
  readonly resourceType: string;
  readonly resourceId: string;

  constructor(resourceType: string, resourceId: string) {
    super(
      "xqbus:resource-not-found",
      `there is no ${resourceType} with the id ${JSON.stringify(resourceId.slice(0, 200))}`,
    );
    this.resourceType = resourceType;
    this.resourceId = resourceId;
  }
}

/** Gives the fields of a resource; undefined or null when there is none with this id. */
export type ResourceHandler = (id: string, context: CallContext) => unknown;

/** How resources are served: settings of the family, and the options of a service. */
export interface ServeResourceOptions extends MicroserviceOptions, ServeOptions {}

/** JSON-RPC code of an answer without resource; the specification leaves it to services. */
const NOT_FOUND = 404;
const TYPE = /^[A-Za-z][A-Za-z0-9_-]{0,79}$/u;

/** The name of the service that has the resources of a type. */
export function resourceService(resourceType: string): string {
  if (typeof resourceType === "string" && TYPE.test(resourceType)) return `resource.${resourceType}`;
  throw new XqbusError(
    "xqbus:illegal-argument",
    'the type of a resource is a word of letters, digits, "_" and "-", such as Order',
  );
}

/**
 * Answers {@link EventClient.getRemoteResource} for the resources of one type. Every worker of the service may do so; each question goes to
 * one of them.
 *
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:invalid-url`; and what {@link serveMethods} does
 */
export async function serveResource(
  resourceType: string,
  handler: ResourceHandler,
  options: ServeResourceOptions = {},
): Promise<MethodService> {
  const service = resourceService(resourceType);
  if (typeof handler !== "function")
    throw new XqbusError("xqbus:illegal-argument", "the handler of a resource must be a function");
  const settings = microserviceSettings(options);
  const get = async function (this: CallContext, id: unknown): Promise<unknown> {
    if (typeof id !== "string") throw new XqbusError("xqbus:illegal-argument", "the id of a resource is a text");
    const resource: unknown = await handler(id, this);
    if (resource === undefined || resource === null) {
      const { code, message } = new ResourceNotFoundError(resourceType, id);
      throw new ServiceError(message, { code, rpcCode: NOT_FOUND });
    }
    if (typeof resource === "object" && !Array.isArray(resource)) return resource;
    throw new XqbusError("xqbus:service-failed", `the handler of ${resourceType} gave no object`);
  };
  return serveMethods(settings.urls, service, { get }, otherOptions(options, settings));
}
