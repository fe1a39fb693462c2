/** A `NodeLeave` event of the shipped schemas, as text. */
export function leave(id: string): string {
  return `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`;
}
