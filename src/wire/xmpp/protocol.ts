import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { xmppSecrets } from "./secrets.ts";

export const xmpp = protocol({
  name: "xmpp",
  strength: "strong",
  firstBytes: anyOf("<"),
  parse,
  describe: (value) => ({ xmpp: { ...value } }),
  secrets: xmppSecrets,
});
