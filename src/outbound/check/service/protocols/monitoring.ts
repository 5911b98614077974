import { apcupsdStatus, parseApcupsdStatus } from "../../../../wire/apcupsd/server.ts";
import { epmdNames, parseEpmdNames } from "../../../../wire/epmd/server.ts";
import { fastCgiGetValues, parseFastCgiAnswer } from "../../../../wire/fastcgi/server.ts";
import { milterNegotiation, parseMilterAnswer } from "../../../../wire/milter/server.ts";
import { nrpeVersionQuery, parseNrpeAnswer } from "../../../../wire/nrpe/server.ts";
import { parseSaneAnswer, saneInit } from "../../../../wire/sane/server.ts";
import { parseZabbixAnswer, zabbixStatistics, zabbixVersionItem } from "../../../../wire/zabbix/server.ts";
import { converse } from "../../../probe/conversation.ts";
import { anonymousOnly } from "../../../probe/tls/contexts.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** An agent answers only clients in its `Server` setting, and closes the connections of others. */
export const zabbixAgent: ProtocolModule = {
  name: "zabbix-agent",
  title: "Zabbix agent",
  ports: [10050],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(zabbixVersionItem, parseZabbixAnswer);
    if (answer.kind !== "received") return undefined;
    const version = /^\d[\w.]*$/.exec(answer.value)?.[0];
    // A server accepts requests, not items.
    if (version === undefined) return undefined;
    return {
      protocol: "zabbix-agent",
      product: "Zabbix agent",
      version,
      evidence: `agent.version ${version}`,
      judge: () => exposed("sends the items of this machine to this client without a password"),
    };
  },
};

/** Only configured clients get statistics; a refusal contains no version. */
export const zabbixServer: ProtocolModule = {
  name: "zabbix-server",
  title: "Zabbix server or proxy",
  ports: [10051],
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(zabbixStatistics, parseZabbixAnswer);
    if (answer.kind !== "received" || !/^\{"response":"(?:failed|success)"/.test(answer.value)) return undefined;
    const version = /"version":"(\d[\w.]{0,30})"/.exec(answer.value)?.[1];
    return {
      protocol: "zabbix-server",
      product: "Zabbix server or proxy",
      version,
      evidence: answer.value,
      judge: () => inconclusive("accepts what its agents send, as intended"),
    };
  },
};

export const nrpe: ProtocolModule = {
  name: "nrpe",
  title: "NRPE",
  ports: [5666],
  proves: "exposed",
  async recognise(conversation) {
    let answer = await conversation.ask(nrpeVersionQuery, parseNrpeAnswer);
    if (answer.kind !== "received" && conversation.tls === undefined && answer.kind !== "other") {
      // By default it speaks TLS without a certificate.
      const { host, port, deadline } = conversation;
      const opened = await converse({ host, port }, deadline, { tls: true, context: anonymousOnly() });
      if (opened.kind !== "open") return undefined;
      using encrypted = opened.conversation;
      answer = await encrypted.ask(nrpeVersionQuery, parseNrpeAnswer);
    }
    if (answer.kind !== "received") return undefined;
    const { text, version } = answer.value;
    return {
      protocol: "nrpe",
      product: "NRPE",
      version,
      evidence: text,
      judge: () => exposed("runs its checks for this client without a password"),
    };
  },
};

export const apcupsd: ProtocolModule = {
  name: "apcupsd",
  title: "apcupsd",
  ports: [3551],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(apcupsdStatus, parseApcupsdStatus);
    if (answer.kind !== "received") return undefined;
    const { version, model } = answer.value;
    return {
      protocol: "apcupsd",
      product: "apcupsd",
      version,
      evidence: model === undefined ? "status" : `status of ${model}`,
      judge: () => exposed("shows the state of its power supply to any client"),
    };
  },
};

export const epmd: ProtocolModule = {
  name: "epmd",
  title: "Erlang port mapper",
  ports: [4369],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(epmdNames, parseEpmdNames);
    if (answer.kind !== "received") return undefined;
    const { names, port } = answer.value;
    // Four bytes alone prove nothing, unless they are this port.
    if (names.length === 0 && port !== conversation.port) return undefined;
    return {
      protocol: "epmd",
      product: "Erlang port mapper",
      evidence: `port ${answer.value.port}${names.length === 0 ? "" : `, nodes ${names.join(", ")}`}`,
      details: { nodes: names },
      judge: () => exposed(`lists its nodes to any client (${names.length})`),
    };
  },
};

/** Any client that reaches it can run any script of the machine. */
export const fastcgi: ProtocolModule = {
  name: "fastcgi",
  title: "FastCGI",
  ports: [9000],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(fastCgiGetValues, parseFastCgiAnswer);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "fastcgi",
      evidence: answer.value.values ? "FCGI_GET_VALUES_RESULT" : "FCGI_UNKNOWN_TYPE",
      judge: () => exposed("accepts requests without authentication: any client can run scripts"),
    };
  },
};

export const milter: ProtocolModule = {
  name: "milter",
  title: "Milter",
  ports: [8891, 8893],
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(milterNegotiation, parseMilterAnswer);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "milter",
      evidence: `SMFIC_OPTNEG version ${answer.value.version}`,
      judge: () => inconclusive("rates the mail of any client, as intended"),
    };
  },
};

export const sane: ProtocolModule = {
  name: "sane",
  title: "SANE",
  ports: [6566],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(saneInit, parseSaneAnswer);
    if (answer.kind !== "received") return undefined;
    const { status, version } = answer.value;
    return {
      protocol: "sane",
      evidence: `version ${version} of the protocol, status ${status}`,
      details: { protocolVersion: version },
      judge: () => (status === 0 ? exposed("lets this client use its scanners") : isProtected("refuses this client")),
    };
  },
};
