import { derbyHello, parseDerbyAnswer } from "../../../../wire/derby/server.ts";
import { inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

const userAlone = 4;

/**
 * The server reports its name and the security mechanisms for clients. It offers a user name alone also where that is not enough,
 * which only a login would show, so the verdict is then inconclusive.
 */
export const derby: ProtocolModule = {
  name: "derby",
  title: "Apache Derby",
  ports: [1527],
  proves: "protected",
  onUsualPortsOnly: true,
  async recognise(conversation) {
    const answer = await conversation.ask(derbyHello, parseDerbyAnswer);
    if (answer.kind !== "received") return undefined;
    const { serverClass, release, mechanisms } = answer.value;
    // CSS10140/10.14.2.0 - (1828579)
    const digits = /(\d{2})(\d{2})(\d)(?:$|\/)/.exec(release);
    const version = /\/(\d+(?:\.\d+)+)/.exec(release)?.[1] ?? digits?.slice(1).map(Number).join(".");
    return {
      protocol: "drda",
      product: serverClass === "" ? undefined : serverClass,
      version,
      evidence: `EXCSATRD ${serverClass} ${release}`,
      judge() {
        if (mechanisms.length === 0) return inconclusive("did not report how clients log in");
        return mechanisms.includes(userAlone)
          ? inconclusive("offers a user name without a password; whether it is enough is known only after a login")
          : isProtected("requires a password");
      },
    };
  },
};
