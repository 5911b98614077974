import { runTogether } from "../harness/tests-together.ts";

await runTogether("pure");
