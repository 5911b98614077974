import { httpSecrets } from "../http/secrets.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { methods, parse } from "./parse.ts";

export const rtsp = protocol({
  name: "rtsp",
  strength: "strong",
  firstBytes: initialsOf(methods),
  parse,
  describe: (value) => ({ rtsp: { ...value } }),
  secrets: httpSecrets,
});
