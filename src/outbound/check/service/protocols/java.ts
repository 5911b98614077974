import { ajpGet, ajpPing, parseAjpAnswer, parseAjpPong } from "../../../../wire/ajp/server.ts";
import { parseRmiAck, rmiHandshake } from "../../../../wire/java-rmi/server.ts";
import { jdwpHandshake, jdwpVersion, parseJdwpHandshake, parseJdwpVersion } from "../../../../wire/jdwp/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

export const rmi: ProtocolModule = {
  name: "java-rmi",
  title: "Java RMI",
  ports: [1099, 1098],
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(rmiHandshake, parseRmiAck);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "java-rmi",
      product: "Java RMI",
      evidence: "ProtocolAck",
      judge: () => inconclusive("what its objects allow is known only after calling them"),
    };
  },
};

/** A debugger may run any code in the process. */
export const jdwp: ProtocolModule = {
  name: "jdwp",
  title: "JDWP",
  ports: [8787, 5005, 8000],
  proves: "exposed",
  async recognise(conversation) {
    const shake = await conversation.ask(jdwpHandshake, parseJdwpHandshake, () => jdwpHandshake.length);
    if (shake.kind !== "received") return undefined;
    const answer = await conversation.ask(jdwpVersion, parseJdwpVersion);
    const answered = answer.kind === "received" ? answer.value : undefined;
    return {
      protocol: "jdwp",
      ...(answered?.name.startsWith("OpenJDK ") === true && { product: "OpenJDK" }),
      ...(answered !== undefined && { version: answered.version, details: { machine: answered.name } }),
      evidence: answered === undefined ? "JDWP-Handshake" : `JDWP-Handshake; ${answered.name} ${answered.version}`,
      judge: () => exposed("lets any client debug the process, and so run code in it"),
    };
  },
};

/** Meant only for a web server in front of it: it trusts all names and addresses in a request. */
export const ajp: ProtocolModule = {
  name: "ajp",
  title: "AJP",
  ports: [8009],
  proves: "exposed",
  async recognise(conversation) {
    const pong = await conversation.ask(ajpPing, parseAjpPong, () => 5);
    if (pong.kind !== "received") return undefined;
    const page = await conversation.ask(ajpGet, parseAjpAnswer);
    const answer = page.kind === "received" ? page.value : undefined;
    return {
      protocol: "ajp",
      product: answer?.product,
      version: answer?.version,
      evidence: answer === undefined ? "CPong" : `CPong; ${answer.status}`,
      judge() {
        if (answer === undefined) return inconclusive("did not answer a request");
        return answer.status === 403 || answer.status === 401
          ? isProtected(`requires a secret: ${answer.status}`)
          : exposed("accepts requests without a secret");
      },
    };
  },
};
