import type { Greeting } from "../../../../wire/greeting/greeting.ts";
import { parseTextAnswer, type TextQuestion } from "../../../../wire/greeting/text-answers.ts";
import { latin1 } from "../../../../wire/reader.ts";
import type { Conversation } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type Judgement, type ProtocolModule } from "../protocol-module.ts";
import { greetingOf } from "./mail.ts";
import { identityOf } from "./ssh.ts";

/** A protocol whose greeting shows everything that is known without a login. */
interface Greeter
  extends Pick<ProtocolModule, "name" | "title" | "ports" | "tlsPorts" | "proves" | "onUsualPortsOnly"> {
  judge(greeting: Greeting): Judgement;
  /** Sent where the greeting does not contain the version. */
  readonly version?: TextQuestion;
}

function greeter({ judge, version, ...module }: Greeter): ProtocolModule {
  return {
    ...module,
    speaksFirst: true,
    async recognise(conversation) {
      const greeting = await conversation.receive(greetingOf(module.name), undefined, lineLength(conversation));
      if (greeting.kind !== "received") return undefined;
      return {
        ...identityOf(greeting.value),
        version: greeting.value.version ?? (await ask(conversation, version)),
        judge: () => judge(greeting.value),
      };
    },
  };
}

/** The first line of the greeting; further messages may follow it. */
function lineLength(conversation: Conversation): () => number {
  return () => {
    const { opening } = conversation;
    const end = opening.indexOf(0x0a);
    return end < 0 ? opening.length : end + 1;
  };
}

async function ask(conversation: Conversation, question: TextQuestion | undefined): Promise<string | undefined> {
  if (question === undefined) return undefined;
  const answer = await conversation.ask(question.ask, (bytes) => parseTextAnswer(question, bytes));
  if (answer.kind !== "received") return undefined;
  return answer.value.version;
}

const publicByDesign = (what: string) => () => inconclusive(`${what}, as intended`);

export const greeters: readonly ProtocolModule[] = [
  greeter({
    name: "nntp",
    title: "NNTP",
    ports: [119, 563],
    tlsPorts: [563],
    proves: "inconclusive",
    judge: publicByDesign("offers news to readers"),
  }),
  greeter({
    name: "sieve",
    title: "ManageSieve",
    ports: [4190],
    proves: "protected",
    judge: () => isProtected("requires a login"),
  }),
  greeter({
    name: "svn",
    title: "Subversion",
    ports: [3690],
    proves: "inconclusive",
    judge: () => inconclusive("which repositories are public is unknown without their names"),
  }),
  greeter({
    name: "dict",
    title: "DICT",
    ports: [2628],
    proves: "inconclusive",
    judge: publicByDesign("offers dictionaries to any client"),
  }),
  greeter({
    name: "mpd",
    title: "MPD",
    ports: [6600],
    proves: "inconclusive",
    judge: () => inconclusive("whether it requires a password is known only after a command"),
  }),
  greeter({
    name: "gpsd",
    title: "gpsd",
    ports: [2947],
    proves: "exposed",
    judge: () => exposed("shows its position to any client"),
  }),
  greeter({
    name: "qmp",
    title: "QEMU",
    ports: [],
    proves: "exposed",
    judge: () => exposed("offers control of a virtual machine without a login"),
  }),
  greeter({
    name: "munin",
    title: "Munin",
    ports: [4949],
    proves: "exposed",
    version: {
      ask: "version\n",
      prefix: "munin",
      answer: /^munins? node on \S{1,255} version: (?<version>\d[\w.]*)[\r\n]/,
    },
    judge: () => exposed("offers its measurements without a login"),
  }),
  greeter({
    name: "powerman",
    title: "powerman",
    ports: [10101],
    proves: "exposed",
    judge: () => exposed("offers to switch power without a login"),
  }),
  greeter({
    name: "tarantool",
    title: "Tarantool",
    ports: [3301],
    proves: "inconclusive",
    judge: () => inconclusive("what guests may do is known only after using it"),
  }),
  greeter({
    name: "varnish-cli",
    title: "Varnish",
    ports: [6082],
    proves: "exposed",
    judge: ({ text }) =>
      text.startsWith("200")
        ? exposed("accepts commands without authentication")
        : isProtected("requires authentication"),
  }),
  greeter({
    name: "ganglia",
    title: "Ganglia",
    ports: [8649, 8651],
    proves: "exposed",
    judge: () => exposed("sends the state of its cluster to any client"),
  }),
  greeter({
    name: "svdrp",
    title: "VDR",
    ports: [6419, 2001],
    proves: "exposed",
    judge: () => exposed("accepts commands without a login"),
  }),
  greeter({
    name: "hylafax",
    title: "HylaFAX",
    ports: [4559],
    proves: "inconclusive",
    judge: () => inconclusive("whether it requires a password is known only after a login"),
  }),
  greeter({
    name: "nbd",
    title: "NBD",
    ports: [10809],
    proves: "inconclusive",
    judge: () => inconclusive("whether it exports a disk without authentication is known only after listing its disks"),
  }),
  greeter({
    name: "mumble",
    title: "Mumble",
    ports: [64738],
    tlsPorts: [64738],
    proves: "inconclusive",
    judge: () => inconclusive("whether it requires a password is known only after a login"),
  }),
  greeter({
    name: "daytime",
    title: "Daytime",
    ports: [13],
    proves: "inconclusive",
    judge: publicByDesign("sends the time"),
  }),
  greeter({
    name: "chargen",
    title: "Chargen",
    ports: [19],
    proves: "exposed",
    judge: () => exposed("sends characters without end to any client"),
  }),
];

/** Whether `bytes` are the error message of this question's server for an unknown command. */
export const complaintOf =
  ({ errorAnswer }: TextQuestion) =>
  (opening: Uint8Array): boolean =>
    errorAnswer?.test(latin1(opening, 0, Math.min(opening.length, 1024))) === true;
