import { filesServers } from "../../bench/servers/files.ts";
import { mailServers } from "../../bench/servers/mail.ts";
import { otherServers } from "../../bench/servers/others.ts";
import type { ServerCase } from "../../bench/servers/server-case.ts";
import { webServers } from "../../bench/servers/web.ts";
import { iscsiNegotiation } from "../../src/wire/iscsi/server.ts";
import { converseOnce } from "./converse-once.ts";
import { type Expectation, expectOfRealServers } from "./expectation.ts";
import { isRoot } from "./plans/plan-files.ts";

/** The servers are those of the comparison with nmap; here most are on a port that does not suggest their protocol. */
const servers = new Map(
  [...mailServers, ...filesServers, ...webServers, ...otherServers].map((one) => [one.name, one]),
);

function started(name: string): ServerCase {
  const found = servers.get(name);
  if (found === undefined) throw new Error(`no server is called ${name}`);
  return found;
}

/** It disconnects clients until it has its target. */
const negotiation = Buffer.from(iscsiNegotiation).toString("latin1");

interface Expected extends Pick<Expectation, "service" | "entry" | "reason"> {
  readonly name: string;
  readonly needsRoot?: true;
  /** It has a fixed port. */
  readonly isOnItsPort?: true;
  /** A request, and the beginning of its answer: it accepts connections before it serves. */
  readonly readyWhen?: readonly [question: string, answer: string];
}

const expected: readonly Expected[] = [
  { name: "rpcbind", service: /^rpcbind 2-4$/, needsRoot: true, isOnItsPort: true },
  { name: "krb5-kdc", service: /^MIT Kerberos \(Kerberos\)$/ },
  { name: "zabbix-agent", service: /^Zabbix agent 6\./, isOnItsPort: true },
  { name: "nrpe", service: /^NRPE 4\./, needsRoot: true },
  { name: "epmd", service: /^Erlang port mapper$/ },
  { name: "beanstalkd", service: /^beanstalkd 1\./ },
  { name: "ngircd", service: /^ngIRCd \(IRC\)$/, needsRoot: true },
  { name: "spamd", service: /^SpamAssassin$/, needsRoot: true, readyWhen: ["PING SPAMC/1.5\r\n\r\n", "SPAMD/"] },
  { name: "dovecot-managesieved", service: /^Dovecot Pigeonhole \(ManageSieve\)$/ },
  { name: "dovecot-lmtpd", service: /^Dovecot \(LMTP\)$/ },
  { name: "kamailio", service: /^kamailio 5\.[\d.]+ \(SIP\)$/ },
  { name: "prosody", service: /^XMPP$/ },
  { name: "git daemon", service: /^git daemon \(Git\)$/ },
  { name: "svnserve", service: /^Subversion$/ },
  { name: "tgt", service: /^iSCSI$/, needsRoot: true, readyWhen: [negotiation, "#"] },
  { name: "conserver", service: /^conserver$/ },
  { name: "distccd", service: /./, entry: "distcc", needsRoot: true },
  { name: "inetd, time", service: /^Time$/, needsRoot: true, isOnItsPort: true },
  { name: "openvpn", service: /^OpenVPN$/, needsRoot: true },
  { name: "libcoap", service: /^CoAP$/ },
  { name: "monit", service: /^Monit 5\.[\d.]+$/ },
];

expectOfRealServers(
  "real servers of further protocols",
  expected.map(({ name, service, entry, reason, needsRoot, isOnItsPort, readyWhen }) => {
    const server = started(name);
    return {
      title: name,
      needs: [server.program],
      skip: needsRoot === true && !isRoot ? `${server.program} needs root` : undefined,
      plan: {
        program: "sh",
        arguments: (port, folder) => ["-ec", server.run, "sh", String(port), folder],
        ...(isOnItsPort === true && { port: server.port }),
        ...(server.environment !== undefined && { environment: server.environment }),
        ...(readyWhen !== undefined && {
          isReady: async (port: number) => (await converseOnce(port, readyWhen[0])).startsWith(readyWhen[1]),
        }),
      },
      service,
      verdict: server.verdict,
      ...(entry !== undefined && { entry }),
      ...(reason !== undefined && { reason }),
    };
  }),
);
