import { derbyHello, parseDerbyAnswer } from "../../../../wire/server/derby.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

const userAlone = 4;

/** The server says who it is, and whether a user name without a password is enough. Nobody logs in. */
export const derby: ProtocolModule = {
  name: "derby",
  title: "Apache Derby",
  ports: [1527],
  proves: "exposed",
  onUsualPortsOnly: true,
  async recognise(conversation) {
    const answer = await conversation.ask(derbyHello, parseDerbyAnswer);
    if (answer.kind !== "heard") return undefined;
    const { serverClass, release, mechanisms } = answer.value;
    const digits = /(\d{2})(\d{2})(\d)\/?/.exec(release);
    const version = digits === null ? undefined : digits.slice(1).map(Number).join(".");
    return {
      protocol: "drda",
      ...(serverClass !== "" && { product: serverClass }),
      ...(version !== undefined && { version }),
      evidence: `EXCSATRD ${serverClass} ${release}`,
      judge() {
        if (mechanisms.length === 0) return inconclusive("did not say how clients log in");
        return mechanisms.includes(userAlone)
          ? exposed("takes a user name without a password")
          : isProtected("asks for a password");
      },
    };
  },
};
