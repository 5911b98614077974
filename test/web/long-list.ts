import path from "node:path";
import { openStore } from "../../src/store/open-store.ts";
import { connection, record } from "../store/inbound-sample.ts";

/** So many bytes wait in no buffer between the program and a client that does not read. */
const rows = 3000;
const payloadBytes = 16 * 1024;

/** Stores connections whose list is longer than that. @param location of the database; default: that of a program which runs in the folder */
export async function fillLongList(folder: string, location = path.join(folder, "harbinger.db")): Promise<void> {
  await using store = await openStore({ location, thread: "caller" });
  const payload = new Uint8Array(payloadBytes).fill(65);
  const all = Array.from({ length: rows }, (_, index) =>
    connection(`c${index}`, { payload, bytes: payload.length, at: Date.now() - index }),
  );
  await record(store, all, []);
}
