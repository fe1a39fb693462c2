/** A sender as the benchmark needs it. */
export interface BenchSender {
  /** Sends so many events, at most {@link WINDOW} without an answer; resolves when the broker has accepted all of them. */
  send(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A receiver as the benchmark needs it. */
export interface BenchReceiver {
  /** Resolves when so many more events were handled. */
  receive(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The two ends that a kind of client has. Both connect to the topic of the URL's domain. */
export interface BenchClient {
  readonly openSender: (url: string) => Promise<BenchSender>;
  readonly openReceiver: (url: string) => Promise<BenchReceiver>;
}

/** Events that a sender has under way. */
export const WINDOW = 200;

/** Messages that the broker may send ahead: the default of AMQPEventConsumer. */
export const PREFETCH = 100;
