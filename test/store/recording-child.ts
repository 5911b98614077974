/** Records connections, each batch with an alert, and prints after each how many are acknowledged, until it is ended. */
import { openStore } from "../../src/store/open-store.ts";
import { alert, connection, record } from "./inbound-sample.ts";
import { start } from "./sample.ts";

const batchSize = 500;
const [, , location = "", run = ""] = process.argv;
const store = await openStore({ location });
for (let batch = 0; ; batch++) {
  const connections = Array.from({ length: batchSize }, (_, i) =>
    connection(`${run}-${batch}-${i}`, { at: start + batch }),
  );
  await record(store, connections, [alert(`${run}-${batch}`, start + batch)]);
  process.stdout.write(`${batch + 1}\n`);
}
