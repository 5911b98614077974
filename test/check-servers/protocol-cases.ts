import { answerCases } from "./answer-cases.ts";
import { databaseCases } from "./database-cases.ts";
import { greetingCases } from "./greeting-cases.ts";
import { mongodbCases } from "./mongodb-cases.ts";
import { otherCases } from "./other-cases.ts";
import type { ProtocolCase } from "./protocol-case.ts";
import { proxyCases } from "./proxy-cases.ts";
import { storeCases } from "./store-cases.ts";

/** For each protocol of the catalogue the cases that its entry owes. */
export const protocolCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  ...greetingCases,
  ...databaseCases,
  ...mongodbCases,
  ...storeCases,
  ...otherCases,
  ...proxyCases,
  ...answerCases,
};
