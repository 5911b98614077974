import { beanstalkdStats } from "../../../../wire/beanstalkd/server.ts";
import { boincVersions } from "../../../../wire/boinc/server.ts";
import { clamdVersion } from "../../../../wire/clamd/server.ts";
import { conserverHelp } from "../../../../wire/conserver/server.ts";
import { cvsGreeting } from "../../../../wire/cvs-pserver/server.ts";
import { distccEmptyProgram } from "../../../../wire/distcc/server.ts";
import { gearmanVersion } from "../../../../wire/gearman/server.ts";
import { gitRequest } from "../../../../wire/git/server.ts";
import { gopherMenu } from "../../../../wire/gopher/server.ts";
import {
  agentIn,
  parseTextAnswer,
  type TextAnswer,
  type TextQuestion,
} from "../../../../wire/greeting/text-answers.ts";
import { identQuery } from "../../../../wire/ident/server.ts";
import { lircdVersion } from "../../../../wire/lirc/server.ts";
import { upsdVersion } from "../../../../wire/nut/server.ts";
import { rtspOptions } from "../../../../wire/rtsp/server.ts";
import { sipOptions } from "../../../../wire/sip/server.ts";
import { snapserverStatus } from "../../../../wire/snapcast/server.ts";
import { spamdPing } from "../../../../wire/spamd/server.ts";
import { torProtocolInfo } from "../../../../wire/tor/server.ts";
import { xmppStream } from "../../../../wire/xmpp/server.ts";
import { xymonPing } from "../../../../wire/xymon/server.ts";
import { exposed, inconclusive, isProtected, type Judgement, type ProtocolModule } from "../protocol-module.ts";
import { complaintOf } from "./greeters.ts";

/** A text protocol in which one read-only request shows protocol, product and version. */
interface Asked extends Pick<ProtocolModule, "name" | "title" | "ports" | "tlsPorts" | "proves" | "onUsualPortsOnly"> {
  readonly question: TextQuestion;
  /** The product that gives this answer. */
  readonly product?: string;
  /** The answer contains the product in a header. */
  readonly hasAgent?: boolean;
  readonly judge: (answer: TextAnswer) => Judgement;
}

function asked({ question, product, hasAgent, judge, ...module }: Asked): ProtocolModule {
  return {
    ...module,
    complains: complaintOf(question),
    async recognise(conversation) {
      const received = await conversation.ask(
        question.ask,
        (bytes) => parseTextAnswer(question, bytes),
        () => 0,
      );
      if (received.kind !== "received") return undefined;
      const { text, groups, ...named } = received.value;
      const release = groups["release"] === undefined ? [] : [groups["release"]];
      const number =
        groups["major"] === undefined ? undefined : [groups["major"], groups["minor"], ...release].join(".");
      const agent: ReturnType<typeof agentIn> = hasAgent === true ? agentIn(conversation.opening) : {};
      return {
        protocol: module.name,
        product: named.product ?? agent.product ?? product,
        version: named.version ?? agent.version ?? number,
        evidence: text,
        judge: () => judge(received.value),
      };
    },
  };
}

const exposedBecause = (what: string) => () => exposed(what);

export const textProtocols: readonly ProtocolModule[] = [
  asked({
    name: "sip",
    title: "SIP",
    ports: [5060, 5061],
    tlsPorts: [5061],
    proves: "protected",
    question: sipOptions,
    hasAgent: true,
    judge: ({ groups }) =>
      groups["status"] === "401" || groups["status"] === "407"
        ? isProtected("requires authentication")
        : inconclusive(`answers ${groups["status"]} to OPTIONS; who may call is known only after a call`),
  }),
  asked({
    name: "rtsp",
    title: "RTSP",
    ports: [554, 8554, 5000, 7000],
    proves: "protected",
    question: rtspOptions,
    hasAgent: true,
    judge: ({ groups }) =>
      groups["status"] === "401"
        ? isProtected("requires authentication")
        : inconclusive(
            `answers ${groups["status"]} to OPTIONS; which streams are public is unknown without their names`,
          ),
  }),
  asked({
    name: "xmpp",
    title: "XMPP",
    ports: [5222, 5223, 5269],
    tlsPorts: [5223],
    proves: "protected",
    question: xmppStream,
    judge: () => isProtected("requires a login"),
  }),
  asked({
    name: "git",
    title: "Git",
    ports: [9418],
    proves: "inconclusive",
    question: gitRequest,
    product: "git daemon",
    judge: () => inconclusive("which repositories are public is unknown without their names"),
  }),
  asked({
    name: "clamd",
    title: "ClamAV",
    ports: [3310],
    proves: "exposed",
    question: clamdVersion,
    product: "ClamAV",
    judge: exposedBecause("accepts commands, SHUTDOWN among them, without a login"),
  }),
  asked({
    name: "spamd",
    title: "SpamAssassin",
    ports: [783],
    proves: "exposed",
    question: spamdPing,
    product: "SpamAssassin",
    judge: exposedBecause("checks messages without a login"),
  }),
  asked({
    name: "beanstalkd",
    title: "beanstalkd",
    ports: [11300],
    proves: "exposed",
    question: beanstalkdStats,
    product: "beanstalkd",
    judge: exposedBecause("answers stats; it has no login"),
  }),
  asked({
    name: "gearman",
    title: "Gearman",
    ports: [4730],
    proves: "exposed",
    question: gearmanVersion,
    product: "Gearman",
    judge: exposedBecause("answers version; it has no login"),
  }),
  asked({
    name: "nut",
    title: "Network UPS Tools",
    ports: [3493],
    proves: "exposed",
    question: upsdVersion,
    product: "Network UPS Tools",
    judge: exposedBecause(
      "shows the state of its power supplies to any client; to change something, it requires a password",
    ),
  }),
  asked({
    name: "tor-control",
    title: "Tor",
    ports: [9051],
    proves: "exposed",
    question: torProtocolInfo,
    product: "Tor",
    judge: ({ groups }) =>
      (groups["methods"] ?? "").split(",").includes("NULL")
        ? exposed("accepts commands without authentication")
        : isProtected(`requires authentication: ${groups["methods"]}`),
  }),
  asked({
    name: "lirc",
    title: "LIRC",
    ports: [8765],
    proves: "exposed",
    question: lircdVersion,
    product: "LIRC",
    judge: exposedBecause("sends infrared commands for any client"),
  }),
  asked({
    name: "boinc",
    title: "BOINC",
    ports: [31416],
    proves: "inconclusive",
    question: boincVersions,
    product: "BOINC",
    judge: () => inconclusive("shows its version; whether it requires a password is known only after a command"),
  }),
  asked({
    name: "xymon",
    title: "Xymon",
    ports: [1984],
    proves: "inconclusive",
    question: xymonPing,
    product: "Xymon",
    judge: () => inconclusive("accepts status reports from any client, as intended"),
  }),
  asked({
    name: "cvs",
    title: "CVS",
    ports: [2401],
    proves: "protected",
    question: cvsGreeting,
    product: "CVS",
    judge: () => isProtected("requires a login"),
  }),
  asked({
    name: "ident",
    title: "Ident",
    ports: [113],
    onUsualPortsOnly: true,
    proves: "inconclusive",
    question: identQuery,
    judge: () => inconclusive("shows who has opened a connection, as intended"),
  }),
  asked({
    name: "gopher",
    title: "Gopher",
    ports: [70],
    onUsualPortsOnly: true,
    proves: "inconclusive",
    question: gopherMenu,
    judge: () => inconclusive("offers documents to any client, as intended"),
  }),
  asked({
    name: "conserver",
    title: "conserver",
    ports: [782, 3109],
    proves: "inconclusive",
    question: conserverHelp,
    product: "conserver",
    judge: () => inconclusive("whether it requires a password is known only after a login"),
  }),
  asked({
    name: "snapcast",
    title: "Snapcast",
    ports: [1705],
    proves: "exposed",
    question: snapserverStatus,
    product: "Snapcast",
    judge: exposedBecause("accepts commands without a login"),
  }),
  asked({
    name: "distcc",
    title: "distcc",
    ports: [3632],
    onUsualPortsOnly: true,
    proves: "exposed",
    question: distccEmptyProgram,
    product: "distcc",
    judge: exposedBecause("compiles for this client without a login"),
  }),
];
