import { describe } from "node:test";
import { parserNeverThrows } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseDerbyAnswer } from "./server.ts";

describe("parseDerbyAnswer", () => parserNeverThrows(parseDerbyAnswer, serverAnswers.parseDerbyAnswer));
