import { withoutTrailing } from "../../../../core/trailing.ts";
import { parse as parseGreeting } from "../../../../wire/greeting/parse.ts";
import { incomplete, match, mismatch, type Outcome } from "../../../../wire/outcome.ts";
import { latin1 } from "../../../../wire/reader.ts";
import { converse } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";
import { identityOf } from "./ssh.ts";

/** Modules that are tested for a password; each needs a connection. */
const maxModules = 8;

/** The list of modules up to `@RSYNCD: EXIT`. Each line is a name in 15 columns, a tab, and a comment. */
function parseModuleList(bytes: Uint8Array): Outcome<readonly string[]> {
  const text = latin1(bytes, 0, Math.min(bytes.length, 16_384));
  const end = /^@(?:RSYNCD: EXIT|ERROR.*)$/m.exec(text);
  if (end === null) return bytes.length < 16_384 ? incomplete : mismatch;
  const names = text
    .slice(0, end.index)
    .split("\n")
    .filter((line) => line.includes("\t"))
    .map((line) => withoutTrailing(line.slice(0, line.indexOf("\t")), " "))
    .filter((name) => name !== "" && name.length <= 255 && !name.includes("@"));
  return match(names.slice(0, 100));
}

type ModuleAnswer = "open" | "asks" | "refused";

function parseModuleAnswer(bytes: Uint8Array): Outcome<ModuleAnswer> {
  const text = latin1(bytes, 0, Math.min(bytes.length, 8192));
  const word = /^@(RSYNCD: OK|RSYNCD: AUTHREQD|ERROR)/m.exec(text)?.[1];
  if (word === undefined) return bytes.length < 8192 ? incomplete : mismatch;
  return match(word === "RSYNCD: OK" ? "open" : word === "ERROR" ? "refused" : "asks");
}

/** Lists the modules and asks for the first few: a module that says OK would transfer files to any client. Nothing is transferred. */
export const rsync: ProtocolModule = {
  name: "rsync",
  title: "rsync",
  ports: [873],
  speaksFirst: true,
  proves: "exposed",
  async recognise(conversation) {
    const greeting = await conversation.receive(parseGreeting);
    if (greeting.kind !== "received" || greeting.value.protocol !== "rsync") return undefined;
    const hello = "@RSYNCD: 30.0\n";
    return {
      ...identityOf(greeting.value),
      async judge() {
        const list = await conversation.ask(`${hello}#list\n`, parseModuleList);
        if (list.kind !== "received") return inconclusive("did not list its modules");
        const details = { details: { modules: list.value } };
        let asking = 0;
        for (const name of list.value.slice(0, maxModules)) {
          const answer = await askFor(name);
          if (answer === "open") return exposed(`opens the module ${name} without a password`, details);
          if (answer === "asks" || answer === "refused") asking += 1;
        }
        if (list.value.length === 0) return inconclusive("lists no module", details);
        return asking === list.value.length
          ? isProtected("requires a password, or refuses this client, for its modules", details)
          : inconclusive(`requires a password for ${asking} of its ${list.value.length} modules`, details);
      },
    };

    async function askFor(name: string): Promise<ModuleAnswer | undefined> {
      const opened = await converse({ host: conversation.host, port: conversation.port }, conversation.deadline, {
        tls: false,
      });
      if (opened.kind !== "open") return undefined;
      using other = opened.conversation;
      const greeting = await other.receive(parseGreeting);
      if (greeting.kind !== "received") return undefined;
      const answer = await other.ask(`${hello}${name}\n`, parseModuleAnswer);
      return answer.kind === "received" ? answer.value : undefined;
    }
  },
};
