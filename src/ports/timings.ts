/** Told how long each request took, whether it brought an answer or not; waits before it do not count. Milliseconds. */
export interface Timings {
  /** A request to Okta. */
  callTook(ms: number): void;
  /** A push of one batch to the sink. */
  pushTook(ms: number): void;
}
