import { describeRequest } from "../http/protocol.ts";
import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { http2Secrets } from "./secrets.ts";

export const http2 = protocol({
  name: "http2",
  strength: "strong",
  firstBytes: anyOf("P"),
  parse,
  describe: ({ request }) => (request === undefined ? {} : { http: describeRequest(request) }),
  secrets: http2Secrets,
});
