// Writes the page of a customer who was stored or updated.
import { write } from "./_pages.mjs";

export function match({ tags }) {
  return tags.includes("store") || tags.includes("update");
}

export function main({ params }) {
  write(params.eventBody);
  console.log(`page of ${params.eventBody} written`);
}
