import { mssqlPrelogin, parseMssqlPrelogin } from "../../../../wire/mssql/server.ts";
import { isProtected, type ProtocolModule } from "../protocol-module.ts";

/** PRELOGIN only: version and encryption. A login always follows. */
export const mssql: ProtocolModule = {
  name: "mssql",
  title: "Microsoft SQL Server",
  ports: [1433],
  proves: "protected",
  async recognise(conversation) {
    const answer = await conversation.ask(mssqlPrelogin, parseMssqlPrelogin);
    if (answer.kind !== "received") return undefined;
    const { version, encryption } = answer.value;
    return {
      protocol: "mssql",
      product: "Microsoft SQL Server",
      version,
      evidence: `PRELOGIN version ${version}, encryption ${encryption}`,
      details: { encryption },
      judge: () => isProtected(`a login follows; encryption is ${encryption}`),
    };
  },
};
