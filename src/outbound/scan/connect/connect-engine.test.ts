import { engineContract } from "../../../../test/scan/engine.contract.ts";
import { ConnectEngine } from "./connect-engine.ts";

engineContract("the built-in scanner", () => ({
  engine: new ConnectEngine(),
  planFor: (addresses) => ({ engine: "connect", targets: addresses, exclude: [] }),
}));
