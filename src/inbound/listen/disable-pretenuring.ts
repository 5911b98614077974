import v8 from "node:v8";

/**
 * Keeps V8 from allocating among its old objects what a connection consists of. It does so at places in the code whose objects
 * were still in use at one early collection, as those of the connections open at the time are, and never changes its mind. What
 * lies there when it is dead keeps all that it refers to in memory until the next full collection: 43 % of the young
 * generation was copied at each collection instead of 1 %, which cost 6 of 55 microseconds of processor a connection.
 */
export function disablePretenuring(): void {
  v8.setFlagsFromString("--no-allocation-site-pretenuring");
}
