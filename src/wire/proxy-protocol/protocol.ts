import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const proxyProtocol = protocol({
  name: "proxy",
  strength: "strong",
  firstBytes: oneOf(0x50, 0x0d),
  parse,
  describe: ({ version, source, destination, headerBytes }) => ({
    proxy: { version, ...(source && { source }), ...(destination && { destination }), headerBytes },
  }),
});
