import { serverProduct, titleOf, wantsTls } from "../../../../wire/server/http.ts";
import { askHttp } from "../http-exchange.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** Any web server, by its answer for `/`. What stands on it is for the catalogue of exposures to say. */
export const http: ProtocolModule = {
  name: "http",
  title: "HTTP",
  ports: [80, 443, 8000, 8008, 8080, 8443],
  tlsPorts: [443, 8443],
  proves: "inconclusive",
  async recognise(conversation) {
    const heard = await askHttp(conversation, { path: "/" });
    if (heard.kind !== "heard") return undefined;
    const { statusLine, headers, body, status } = heard.value;
    if (conversation.tls === undefined && wantsTls(heard.value)) return undefined;
    const server = headers.get("server");
    const title = titleOf(body);
    const location = headers.get("location");
    return {
      protocol: conversation.tls === undefined ? "http" : "https",
      ...(server !== undefined && serverProduct(server)),
      evidence: server === undefined ? statusLine : `${statusLine}; Server: ${server}`,
      details: {
        status,
        ...(server !== undefined && { server }),
        ...(title !== undefined && { title }),
        ...(location !== undefined && { location }),
      },
      judge: () => inconclusive("a web server; the application behind it was not recognised"),
    };
  },
};
