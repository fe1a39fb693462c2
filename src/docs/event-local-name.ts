/** The local part of an event name of a catalog: `Scan` of `{urn:plugin}Scan`. */
export function eventLocalName(eventName: string): string {
  return eventName.slice(eventName.indexOf("}") + 1);
}
