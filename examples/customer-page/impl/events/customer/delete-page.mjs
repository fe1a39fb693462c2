// Removes the page of a customer who was deleted.
import { remove } from "./_pages.mjs";

export const priority = 1;

export function match({ params }) {
  return params.eventKey.startsWith("pylabs.event.sampleapp.osis.delete");
}

export function main({ params }) {
  remove(params.eventBody);
  console.log(`page of ${params.eventBody} removed`);
}
