import { answerCases } from "./answer-cases.ts";
import { databaseCases } from "./database-cases.ts";
import { greeterCases } from "./greeter-cases.ts";
import { greetingCases } from "./greeting-cases.ts";
import { mongodbCases } from "./mongodb-cases.ts";
import { otherCases } from "./other-cases.ts";
import type { ProtocolCase } from "./protocol-case.ts";
import { proxyCases } from "./proxy-cases.ts";
import { storeCases } from "./store-cases.ts";

/** The cases of each protocol in the catalogue. */
export const protocolCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  ...greetingCases,
  ...databaseCases,
  ...mongodbCases,
  ...storeCases,
  ...otherCases,
  ...proxyCases,
  ...answerCases,
  ...greeterCases,
};
