import { addInProcessHost, newInProcessHost } from "../amqp/index.ts";
import type { Broker } from "../broker/index.ts";

/** A way for clients of this process to the broker of this process. */
export interface InProcessBus extends Disposable {
  /** With the password of a user who may do everything: it must not be shown. Good until this is disposed. */
  readonly url: string;
}

/** Makes a URL that leads to a broker of this process, without port and whatever its users and rules are. */
export function inProcessBus({ inProcess }: Broker, domain: string): InProcessBus {
  const host = newInProcessHost();
  const removeHost = addInProcessHost(host, () => inProcess.connect());
  return {
    url: `amqp://${encodeURIComponent(inProcess.user)}:${encodeURIComponent(inProcess.password)}@${host}/${domain}`,
    [Symbol.dispose]: removeHost,
  };
}
