import { parseMysqlGreeting } from "../../../../wire/mysql/server.ts";
import { isProtected, type ProtocolModule } from "../protocol-module.ts";

/** The greeting only: it contains version and plugin, and authentication always follows. */
export const mysql: ProtocolModule = {
  name: "mysql",
  title: "MySQL, MariaDB",
  ports: [3306],
  speaksFirst: true,
  proves: "protected",
  async recognise(conversation) {
    const received = await conversation.receive(parseMysqlGreeting);
    if (received.kind !== "received") return undefined;
    const { product, version, error, errorCode, authenticationPlugin, offersTls } = received.value;
    return {
      protocol: product === "MariaDB" ? "mariadb" : "mysql",
      product,
      version,
      evidence:
        error === undefined ? `handshake 10, ${version ?? ""} ${authenticationPlugin ?? ""}` : `${errorCode} ${error}`,
      details: {
        authenticationPlugin,
        offersTls,
      },
      judge: () =>
        error === undefined
          ? isProtected(`requires authentication: ${authenticationPlugin ?? "a password"}`)
          : isProtected(`refuses this client: ${error}`),
    };
  },
};
