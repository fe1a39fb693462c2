import type { Delivery, Outcome } from "./delivery.ts";

/**
 * Tells the transport an outcome.
 *
 * @param onFailure hears why it did not take it
 * @returns a promise only where the transport gives one; it never rejects
 */
export function tellOutcome(
  delivery: Delivery,
  outcome: Outcome,
  onFailure: (error: unknown) => void,
): Promise<void> | undefined {
  try {
    return delivery.settle(outcome)?.catch(onFailure);
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}
