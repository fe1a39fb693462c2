import { XqbusError } from "../errors.ts";

/** What a method is told of its call: it is the method's `this`. */
export interface CallContext {
  readonly service: string;
  readonly method: string;
  /**
   * Who has called: the user-id of the request. The embedded broker takes no other than the login; of other brokers see
   * `docs/services.md`. Undefined when the caller does not say.
   */
  readonly user: string | undefined;
  /** Until when the caller waits; undefined when it does not say. */
  readonly expiresAt: Date | undefined;
  /** Aborted when nobody waits for the answer any more, or the service stops. */
  readonly signal: AbortSignal;
}

/** A method of a service: parameters and result are JSON values. Parameters by name come as one object. */
export type ServiceMethod = (this: CallContext, ...params: never[]) => unknown;

/** The methods of a service by name. */
export type ServiceMethods = Readonly<Record<string, ServiceMethod>>;

/** The same methods as somebody sees them who calls them over the bus. */
export type RemoteMethods<M> = {
  readonly [K in keyof M]: M[K] extends (this: CallContext, ...params: infer P) => infer R
    ? (...params: P) => Promise<Awaited<R>>
    : never;
};

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/u;
/** Names that mean something to JavaScript when a proxy is looked at: `await proxy` asks for `then`. */
const NO_METHODS: readonly string[] = ["then", "catch", "finally", "toJSON", "constructor", "prototype", "__proto__"];

/** Whether a property of a proxy may be a method of the service. */
export function isMethodName(name: string): boolean {
  return NAME.test(name) && !NO_METHODS.includes(name);
}

/**
 * The methods that may be called: own ones, as they are now. What an object inherits, `constructor` for one, is none.
 *
 * @throws XqbusError `xqbus:illegal-argument` naming the method
 */
export function ownMethods(methods: object): ReadonlyMap<string, ServiceMethod> {
  if (typeof methods !== "object" || methods === null) throw illegal("the methods are no object");
  const entries: [string, unknown][] = Object.entries(methods);
  return new Map(
    entries.map(([name, method]): [string, ServiceMethod] => {
      if (!isMethodName(name)) throw illegal(`${JSON.stringify(name)} cannot be the name of a method`);
      if (typeof method !== "function") throw illegal(`the method ${name} is no function`);
      return [name, method as ServiceMethod];
    }),
  );
}

function illegal(problem: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", `${problem}; expected an object of functions by name`);
}
