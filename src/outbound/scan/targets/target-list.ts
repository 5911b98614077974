import { nonEmptyTextList } from "../../text-list.ts";
import { parseTarget } from "./target-syntax.ts";

/** Targets in the configuration. */
export const targetList = nonEmptyTextList(
  "an address, network, range, host name or @FILE",
  (text) => parseTarget(text).kind !== "bad",
);
