import type { Verdict } from "../../src/core/check.ts";
import { bytes, type Script, type Step, text } from "./scripted-server.ts";

/**
 * For each protocol of the catalogue: what a server of it says, byte for byte as its specification has it, and the verdict
 * that follows. Requests are compared, too, where they have no free part.
 */
export interface ProtocolCase {
  readonly title: string;
  readonly scripts: readonly Script[];
  readonly verdict: Verdict;
  readonly isRecognised?: boolean;
  readonly product?: string;
  readonly version?: string;
}

const hexOf = (value: string) => Buffer.from(value, "latin1").toString("hex");
const step = (request: Uint8Array | RegExp, reply?: Uint8Array, close = false): Step => ({
  request,
  ...(reply !== undefined && { reply }),
  ...(close && { close }),
});

/** Another service than the expected one: a web server that closes after its complaint. */
const somethingElse: ProtocolCase = {
  title: "a web server in its place",
  scripts: [
    {
      steps: [
        step(/[^]{1,}/, text("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), true),
      ],
    },
  ],
  verdict: "inconclusive",
  isRecognised: false,
};
const greets = (greeting: string, steps: readonly Step[] = []): readonly Script[] => [
  { greeting: text(greeting), steps },
];

// MQTT 3.1.1, 3.1: fixed header, "MQTT", level 4, clean session, keep-alive 20, "harbinger-check".
const mqttConnect = bytes(`10 1b 0004 4d515454 04 02 0014 000f ${hexOf("harbinger-check")}`);
// RFC 4511: LDAPMessage 1, BindRequest version 3, name "", simple "".
const ldapBind = bytes("30 0c 02 01 01 60 07 02 01 03 04 00 80 00");
const ldapBindSuccess = "02 01 01 61 07 0a 01 00 04 00 04 00";
const ldapDone = (code: string) => `30 0c 02 01 02 65 07 0a 01 ${code} 04 00 04 00`;
const ldapRoot = (() => {
  const attribute = "30 1d 04 0e 6e616d696e67436f6e7465787473 31 0b 04 09 64633d65782c633d65";
  return `30 28 02 01 02 64 23 04 00 30 1f ${attribute} ${ldapDone("00")}`;
})();
const ldapEntry = `30 12 02 01 02 64 0d 04 09 64633d65782c633d65 30 00`;
const anyRequest = /[^]+/;
// PostgreSQL: SSLRequest, and the StartupMessage.
const sslRequest = bytes("00000008 04d2162f");
const startup = /^[^]{4}\0\x03\0\0user\0postgres\0database\0postgres\0[^]*\0\0$/;
const pgError = (code: string, message: string) => {
  const fields = `SFATAL\0C${code}\0M${message}\0\0`;
  return text(`E\0\0\0${String.fromCharCode(fields.length + 4)}${fields}`);
};
// Kafka: ApiVersions 3 as request 1.
const apiVersions3 = /^[^]{4}\0\x12\0\x03\0\0\0\x01\0\x09harbinger\0[^]*$/;
const kafkaVersions = "0000001a 00000001 0000 03 0003 0000 000c 00 0012 0000 0003 00 00000000 00";
const kafkaMetadata = bytes(
  `00000042 00000003
   00000001 00000001 0006 ${hexOf("kafka1")} 00002384 ffff 00000001
   00000001 0000 0006 ${hexOf("orders")} 00
   00000001 0000 00000000 00000001 00000001 00000001 00000000`,
);
// MongoDB OP_MSG replies: { ok: 1.0, ... }.
const mongo = (body: string) => {
  const document = Buffer.from(bytes(body));
  const whole = Buffer.alloc(21 + 4 + document.length + 1);
  whole.writeInt32LE(whole.length, 0);
  whole.writeInt32LE(2013, 12);
  whole.writeInt32LE(document.length + 5, 21);
  document.copy(whole, 25);
  return new Uint8Array(whole);
};
const bsonOk = `01 6f6b00 000000000000f03f`;
const bsonNotOk = `01 6f6b00 0000000000000000`;
const mongoHello = mongo(`10 ${hexOf("maxWireVersion")}00 15000000 ${bsonOk}`);
const mongoBuild = mongo(`02 ${hexOf("version")}00 07000000 ${hexOf("7.0.14")}00 ${bsonOk}`);
const mongoDatabases = mongo(
  `04 ${hexOf("databases")}00 1d000000 03 3000 15000000 02 ${hexOf("name")}00 06000000 ${hexOf("admin")}00 00 00 ${bsonOk}`,
);
const mongoUnauthorized = mongo(`${bsonNotOk} 10 ${hexOf("code")}00 0d000000`);
// AMQP 0-9-1 Connection.Start.
const amqpStart = (mechanisms: string) => {
  const properties = Buffer.concat([
    Buffer.from(bytes(`07 ${hexOf("product")} 53 00000008 ${hexOf("RabbitMQ")}`)),
    Buffer.from(bytes(`07 ${hexOf("version")} 53 00000006 ${hexOf("3.10.8")}`)),
  ]);
  const body = Buffer.concat([
    Buffer.from(bytes(`000a 000a 00 09 ${properties.length.toString(16).padStart(8, "0")}`)),
    properties,
    Buffer.from(
      bytes(`${mechanisms.length.toString(16).padStart(8, "0")} ${hexOf(mechanisms)} 00000005 ${hexOf("en_US")}`),
    ),
  ]);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from(bytes(`01 0000 ${body.length.toString(16).padStart(8, "0")}`)),
      body,
      Buffer.from([0xce]),
    ]),
  );
};
const amqpHeader = bytes("414d5150 00 00 09 01");
// ZooKeeper ConnectResponse: version, time-out, session, password.
const zookeeperSession = bytes(`00000025 00000000 00002710 0123456789abcdef 00000010 ${"00".repeat(16)} 00`);
const zookeeperVersion = text(
  "Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25\nMode: standalone\n",
);
// MySQL handshake 10.
const mysqlHandshake = (version: string) => {
  const body = `0a ${hexOf(version)}00 01000000 ${"41".repeat(8)} 00 ffff 21 0200 ff81 15 ${"00".repeat(10)} ${"42".repeat(12)}00 ${hexOf("mysql_native_password")}00`;
  const length = bytes(body).length;
  return bytes(`${(length & 0xff).toString(16).padStart(2, "0")} 00 00 00 ${body}`);
};
const drda = (code: string, parameters: string, format: string) => {
  const object = bytes(parameters);
  const length = (size: number) => size.toString(16).padStart(4, "0");
  return `${length(object.length + 10)} d0 ${format} 0001 ${length(object.length + 4)} ${code} ${parameters}`;
};
// EXCSATRD with SRVCLSNM "Apache Derby" and SRVRLSLV "CSS10141/10.14.1.0 - (1808820)" in EBCDIC, then ACCSECRD.
const derbyServer = "0010 1147 c197818388854 0c48599 82a8".replace(/ /g, "");
const derbyReply = (mechanism: string) =>
  bytes(
    `${drda("1443", `${derbyServer} 000c 115a c3e2e2f1f0f1f4f1`, "02")} ${drda("14ac", `0006 11a2 ${mechanism}`, "02")}`,
  );
const avroReply = (protocol: string) => {
  const json = `{"protocol":"${protocol}","namespace":"org.apache.flume.source.avro"}`;
  const body = `04 02 ${(json.length * 2).toString(16).padStart(2, "0")} ${hexOf(json)}`;
  // Lengths above 63 take two bytes as a zig-zag varint.
  const zigzag = json.length * 2;
  const two = ((zigzag & 0x7f) | 0x80).toString(16) + (zigzag >> 7).toString(16).padStart(2, "0");
  const right = body.replace(/^04 02 [0-9a-f]+/, `04 02 ${two}`);
  return bytes(`00000001 00000001 ${bytes(right).length.toString(16).padStart(8, "0")} ${right}`);
};
const smbReply = (mode: string) =>
  bytes(
    `000000${(64 + 65).toString(16)} fe534d42 4000 0000 00000000 0000 0100 01000000 00000000 ${"00".repeat(8)} ${"00".repeat(8)} ${"00".repeat(8)} ${"00".repeat(16)}
     4100 ${mode} 0203 0000 ${"00".repeat(57)}`,
  );

export const protocolCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  ssh: [
    {
      title: "OpenSSH",
      scripts: greets("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"),
      verdict: "protected",
      product: "OpenSSH",
      version: "9.2p1",
    },
    {
      title: "a mail server",
      scripts: greets("220 mx ESMTP Postfix\r\n"),
      verdict: "inconclusive",
      isRecognised: false,
    },
  ],
  karaf: [
    { title: "a console", scripts: greets("SSH-2.0-APACHE-SSHD-2.9.2\r\n"), verdict: "protected", version: "2.9.2" },
    { title: "OpenSSH", scripts: greets("SSH-2.0-OpenSSH_9.2p1\r\n"), verdict: "inconclusive", isRecognised: false },
  ],
  smtp: [
    {
      title: "a server that refuses strangers",
      scripts: greets("554 mx.example.org ESMTP Postfix\r\n"),
      verdict: "protected",
    },
    {
      title: "a server that takes mail",
      scripts: greets("220 mx.example.org ESMTP Exim 4.96 Mon, 1 Jan 2024\r\n", [
        step(/^EHLO \S+\r\n/, text("250-mx.example.org\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n")),
      ]),
      verdict: "inconclusive",
      product: "Exim",
      version: "4.96",
    },
  ],
  ftp: [
    {
      title: "a server that lets the name anonymous in",
      scripts: greets("220 (vsFTPd 3.0.3)\r\n", [step(/^USER anonymous\r\n/, text("230 Login successful.\r\n"))]),
      verdict: "exposed",
      product: "vsFTPd",
      version: "3.0.3",
    },
    {
      title: "a server that announces anonymous access",
      scripts: greets("220 FTP server ready\r\n", [
        step(
          /^USER anonymous\r\n/,
          text("331 Anonymous login ok, send your complete email address as your password\r\n"),
        ),
      ]),
      verdict: "exposed",
    },
    {
      title: "a server that refuses the name",
      scripts: greets("220 ProFTPD Server ready.\r\n", [step(/^USER anonymous\r\n/, text("530 No such user\r\n"))]),
      verdict: "protected",
      product: "ProFTPD",
    },
    {
      title: "a server that asks for a password",
      scripts: greets("220 (vsFTPd 3.0.3)\r\n", [
        step(/^USER anonymous\r\n/, text("331 Please specify the password.\r\n")),
      ]),
      verdict: "inconclusive",
    },
  ],
  pop3: [
    { title: "Dovecot", scripts: greets("+OK Dovecot (Debian) ready.\r\n"), verdict: "protected", product: "Dovecot" },
    { title: "an IMAP server", scripts: greets("* OK IMAP4rev1\r\n"), verdict: "inconclusive", isRecognised: false },
  ],
  imap: [
    {
      title: "a server that is logged in already",
      scripts: greets("* PREAUTH IMAP4rev1 ready\r\n"),
      verdict: "exposed",
    },
    {
      title: "Dovecot",
      scripts: greets("* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS] Dovecot (Debian) ready.\r\n"),
      verdict: "protected",
      product: "Dovecot",
    },
  ],
  telnet: [
    {
      title: "a shell without a login",
      scripts: [
        {
          greeting: bytes("fffd18 fffb01"),
          steps: [step(bytes("fffc18 fffe01"), text("\r\nBusyBox v1.36\r\n\r\n/ # "))],
        },
      ],
      verdict: "exposed",
    },
    {
      title: "a login prompt",
      scripts: [
        { greeting: bytes("fffd18 fffb01"), steps: [step(bytes("fffc18 fffe01"), text("\r\nrouter login: "))] },
      ],
      verdict: "protected",
    },
  ],
  mysql: [
    {
      title: "MariaDB",
      scripts: [{ greeting: mysqlHandshake("5.5.5-10.11.6-MariaDB-0+deb12u1") }],
      verdict: "protected",
      product: "MariaDB",
      version: "10.11.6",
    },
    { title: "a mail server", scripts: greets("220 mx ESMTP\r\n"), verdict: "inconclusive", isRecognised: false },
  ],
  nats: [
    {
      title: "a server without authentication",
      scripts: greets('INFO {"server_id":"NA","version":"2.9.10","auth_required":false}\r\n', [
        step(/^CONNECT \{.*\}\r\nPING\r\n/, text("PONG\r\n")),
      ]),
      verdict: "exposed",
      version: "2.9.10",
    },
    {
      title: "a server with a token",
      scripts: greets('INFO {"server_id":"NA","version":"2.9.10","auth_required":true}\r\n', [
        step(/^CONNECT \{.*\}\r\nPING\r\n/, text("-ERR 'Authorization Violation'\r\n"), true),
      ]),
      verdict: "protected",
      version: "2.9.10",
    },
  ],
  vnc: [
    {
      title: "security type None",
      scripts: greets("RFB 003.008\n", [step(text("RFB 003.008\n"), bytes("02 02 01"))]),
      verdict: "exposed",
    },
    {
      title: "a password",
      scripts: greets("RFB 003.008\n", [step(text("RFB 003.008\n"), bytes("02 02 13"))]),
      verdict: "protected",
    },
    {
      title: "an old server without a password",
      scripts: greets("RFB 003.003\n", [step(text("RFB 003.003\n"), bytes("00000001"))]),
      verdict: "exposed",
    },
    {
      title: "too many failures",
      scripts: greets("RFB 003.008\n", [step(text("RFB 003.008\n"), bytes(`00 00000008 ${hexOf("too many")}`), true)]),
      verdict: "protected",
    },
  ],
  rsync: [
    {
      title: "an open module",
      scripts: [
        {
          greeting: text("@RSYNCD: 31.0\n"),
          steps: [step(text("@RSYNCD: 30.0\n#list\n"), text("backup         \tNightly\n@RSYNCD: EXIT\n"), true)],
        },
        { greeting: text("@RSYNCD: 31.0\n"), steps: [step(text("@RSYNCD: 30.0\nbackup\n"), text("@RSYNCD: OK\n"))] },
      ],
      verdict: "exposed",
    },
    {
      title: "a module with a password",
      scripts: [
        {
          greeting: text("@RSYNCD: 31.0\n"),
          steps: [step(text("@RSYNCD: 30.0\n#list\n"), text("backup         \tNightly\n@RSYNCD: EXIT\n"), true)],
        },
        {
          greeting: text("@RSYNCD: 31.0\n"),
          steps: [step(text("@RSYNCD: 30.0\nbackup\n"), text("@RSYNCD: AUTHREQD oK3nUQ\n"))],
        },
      ],
      verdict: "protected",
    },
  ],
  openwire: [
    {
      title: "a broker",
      scripts: [{ greeting: bytes(`00000020 01 ${hexOf("ActiveMQ")} 0000000c 01 ${"00".repeat(14)}`) }],
      verdict: "inconclusive",
      product: "ActiveMQ",
    },
    somethingElse,
  ],
  redis: [
    {
      title: "a server without a password",
      scripts: [
        {
          steps: [
            step(text("*1\r\n$4\r\nPING\r\n"), text("+PONG\r\n")),
            step(
              text("*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n"),
              text("$33\r\n# Server\r\nredis_version:7.0.15\r\n\r\n\r\n"),
            ),
          ],
        },
      ],
      verdict: "exposed",
      version: "7.0.15",
    },
    {
      title: "a server with a password",
      scripts: [{ steps: [step(text("*1\r\n$4\r\nPING\r\n"), text("-NOAUTH Authentication required.\r\n"))] }],
      verdict: "protected",
    },
    {
      title: "protected mode",
      scripts: [
        { steps: [step(text("*1\r\n$4\r\nPING\r\n"), text("-DENIED Redis is running in protected mode\r\n"), true)] },
      ],
      verdict: "protected",
    },
  ],
  postgresql: [
    {
      title: "trust",
      scripts: [
        {
          steps: [
            step(sslRequest, text("N")),
            step(
              startup,
              bytes(`52 00000008 00000000 53 00000019 ${hexOf("server_version")}00 ${hexOf("15.14")}00 5a 00000005 49`),
            ),
          ],
        },
      ],
      verdict: "exposed",
      version: "15.14",
    },
    {
      title: "SCRAM",
      scripts: [
        {
          steps: [
            step(sslRequest, text("N")),
            step(startup, bytes(`52 00000017 0000000a ${hexOf("SCRAM-SHA-256")}00 00`)),
          ],
        },
      ],
      verdict: "protected",
    },
    {
      title: "no rule for this client",
      scripts: [
        { steps: [step(sslRequest, text("N")), step(startup, pgError("28000", "no pg_hba.conf entry"), true)] },
      ],
      verdict: "protected",
    },
  ],
  mqtt: [
    {
      title: "an open broker",
      scripts: [{ steps: [step(mqttConnect, bytes("20 02 00 00"))] }],
      verdict: "exposed",
    },
    {
      title: "a broker that wants a login: the fourth byte is 5, the second is always 2",
      scripts: [{ steps: [step(mqttConnect, bytes("20 02 00 05"), true)] }],
      verdict: "protected",
    },
    {
      title: "a broker that is unavailable",
      scripts: [{ steps: [step(mqttConnect, bytes("20 02 00 03"), true)] }],
      verdict: "inconclusive",
    },
  ],
  memcached: [
    {
      title: "an open server",
      scripts: [
        {
          steps: [
            step(text("version\r\n"), text("VERSION 1.6.18\r\n")),
            step(text("stats\r\n"), text("STAT pid 1\r\nSTAT curr_items 3\r\nEND\r\n")),
          ],
        },
      ],
      verdict: "exposed",
      version: "1.6.18",
    },
    {
      title: "a server with an authentication file",
      scripts: [{ steps: [step(text("version\r\n"), text("CLIENT_ERROR unauthenticated\r\n"))] }],
      verdict: "protected",
    },
  ],
  ldap: [
    {
      title: "a directory that shows entries, with lengths in the long form",
      scripts: [
        {
          steps: [
            step(ldapBind, bytes(`30 84 0000000c ${ldapBindSuccess}`)),
            step(anyRequest, bytes(ldapRoot)),
            step(anyRequest, bytes(`${ldapEntry} ${ldapDone("00")}`)),
          ],
        },
      ],
      verdict: "exposed",
    },
    {
      title: "a directory that takes no anonymous bind",
      scripts: [
        {
          steps: [
            step(ldapBind, bytes("30 81 0c 02 01 01 61 07 0a 01 30 04 00 04 00")),
            step(anyRequest, bytes(ldapDone("32"))),
          ],
        },
      ],
      verdict: "protected",
    },
    {
      title: "a directory that lets strangers bind, but not read",
      scripts: [
        {
          steps: [
            step(ldapBind, bytes(`30 0c ${ldapBindSuccess}`)),
            step(anyRequest, bytes(ldapRoot)),
            step(anyRequest, bytes(ldapDone("01"))),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
  mongodb: [
    {
      title: "a server without authentication",
      scripts: [
        { steps: [step(anyRequest, mongoHello), step(anyRequest, mongoBuild), step(anyRequest, mongoDatabases)] },
      ],
      verdict: "exposed",
      version: "7.0.14",
    },
    {
      title: "a server with authentication",
      scripts: [
        { steps: [step(anyRequest, mongoHello), step(anyRequest, mongoBuild), step(anyRequest, mongoUnauthorized)] },
      ],
      verdict: "protected",
      version: "7.0.14",
    },
  ],
  amqp: [
    {
      title: "a broker that lets an anonymous client in",
      scripts: [
        {
          steps: [
            step(amqpHeader, amqpStart("ANONYMOUS PLAIN")),
            step(/^[^]*ANONYMOUS[^]*\xce/, bytes("01 0000 0000000c 000a 001e 07ff 00020000 003c ce")),
          ],
        },
      ],
      verdict: "exposed",
      product: "RabbitMQ",
      version: "3.10.8",
    },
    {
      title: "a broker that wants a password",
      scripts: [{ steps: [step(amqpHeader, amqpStart("PLAIN AMQPLAIN"))] }],
      verdict: "protected",
      version: "3.10.8",
    },
    {
      title: "a broker that offers ANONYMOUS and refuses it",
      scripts: [
        { steps: [step(amqpHeader, amqpStart("ANONYMOUS PLAIN")), step(/^[^]*ANONYMOUS[^]*\xce/, undefined, true)] },
      ],
      verdict: "protected",
    },
  ],
  kafka: [
    {
      title: "a broker that lists its topics",
      scripts: [{ steps: [step(apiVersions3, bytes(kafkaVersions)), step(anyRequest, kafkaMetadata)] }],
      verdict: "exposed",
    },
    {
      title: "a listener with SASL: it closes on Metadata",
      scripts: [
        { steps: [step(apiVersions3, bytes(kafkaVersions)), step(anyRequest, undefined, true)] },
        { steps: [step(anyRequest, bytes(`00000017 00000004 0021 00000001 000d ${hexOf("SCRAM-SHA-256")}`))] },
      ],
      verdict: "protected",
    },
  ],
  zookeeper: [
    {
      title: "a server that lists its root",
      scripts: [
        { steps: [step(text("srvr"), zookeeperVersion, true)] },
        {
          steps: [
            step(/^\0\0\0\x2d[^]{45}/, zookeeperSession),
            step(anyRequest, bytes("00000021 00000001 0000000000000003 00000000 00000001 00000009 7a6f6f6b6565706572")),
          ],
        },
      ],
      verdict: "exposed",
      version: "3.8.0",
    },
    {
      title: "a server that closes sessions without authentication",
      scripts: [
        { steps: [step(text("srvr"), zookeeperVersion, true)] },
        {
          steps: [
            step(/^\0\0\0\x2d[^]{45}/, zookeeperSession),
            step(anyRequest, bytes("00000010 00000001 0000000000000003 ffffff84"), true),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
  mssql: [
    {
      title: "SQL Server 2022",
      scripts: [
        {
          steps: [
            step(
              /^\x12\x01\0\x1a[^]{22}/,
              bytes(
                "04 01 0020 0000 0100 00 0010 0006 01 0016 0001 ff 0000000000 10 00 03e8 0000 03".replace(
                  "0000000000 10",
                  "0000000000 10",
                ),
              ),
            ),
          ],
        },
      ],
      verdict: "protected",
      version: "16.0.1000",
    },
    somethingElse,
  ],
  smb: [
    { title: "signing required", scripts: [{ steps: [step(anyRequest, smbReply("0300"))] }], verdict: "inconclusive" },
    somethingElse,
  ],
  rdp: [
    {
      title: "a server that demands network level authentication",
      scripts: [{ steps: [step(anyRequest, bytes("03 00 0013 0e d0 0000 1234 00 03 00 0800 05000000"))] }],
      verdict: "protected",
    },
    {
      title: "a server that shows its login screen",
      scripts: [{ steps: [step(anyRequest, bytes("03 00 0013 0e d0 0000 1234 00 02 00 0800 01000000"))] }],
      verdict: "inconclusive",
    },
  ],
  stomp: [
    {
      title: "a broker that takes anybody",
      scripts: [
        { steps: [step(/^CONNECT\n[^]*\n\n\0/, text("CONNECTED\nserver:ActiveMQ/5.17.2\nversion:1.2\n\n\0\n"))] },
      ],
      verdict: "exposed",
      product: "ActiveMQ",
      version: "5.17.2",
    },
    {
      title: "a broker that wants a login",
      scripts: [{ steps: [step(/^CONNECT\n[^]*\n\n\0/, text("ERROR\nmessage:Bad CONNECT\n\n\0"), true)] }],
      verdict: "protected",
    },
  ],
  cassandra: [
    {
      title: "a node without authentication",
      scripts: [
        {
          steps: [
            step(bytes("04 00 0000 05 00000000"), bytes("84 00 0000 06 00000002 0000")),
            step(/^\x04\0\0\0\x01[^]*3\.0\.0/, bytes("84 00 0000 02 00000000")),
            step(
              anyRequest,
              bytes(
                `84 00 0000 08 0000003b 00000002 00000001 00000001 0006 ${hexOf("system")} 0005 ${hexOf("local")} 000f ${hexOf("release_version")} 000d 00000001 00000005 ${hexOf("4.1.3")}`,
              ),
            ),
          ],
        },
      ],
      verdict: "exposed",
      version: "4.1.3",
    },
    {
      title: "a node with authentication",
      scripts: [
        {
          steps: [
            step(bytes("04 00 0000 05 00000000"), bytes("84 00 0000 06 00000002 0000")),
            step(/^\x04\0\0\0\x01[^]*3\.0\.0/, bytes(`84 00 0000 03 00000008 0006 ${hexOf("Passwo")}`)),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
  x11: [
    {
      title: "a display that takes anybody",
      scripts: [
        {
          steps: [
            step(
              bytes("4200 000b 0000 0000 0000 0000"),
              bytes(
                `01 00 000b 0000 000b 00b8a4cf 00000000 00ffffff 00000000 0014 ffff 01 00 00 00 20 20 08 ff 00000000 ${hexOf("The X.Org Foundation")}`,
              ),
            ),
          ],
        },
      ],
      verdict: "exposed",
      product: "X.Org",
      version: "21.1.7",
    },
    {
      title: "a display that wants authorization",
      scripts: [
        {
          steps: [
            step(
              bytes("4200 000b 0000 0000 0000 0000"),
              bytes(`00 16 000b 0000 0006 ${hexOf("No protocol specified\n")} 0000`),
              true,
            ),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
  dns: [
    {
      title: "BIND",
      scripts: [
        {
          steps: [
            step(
              anyRequest,
              bytes(
                `0042 4842 8500 0001 0001 0000 0000 07 ${hexOf("version")} 04 ${hexOf("bind")} 00 0010 0003 c00c 0010 0003 00000000 0018 17 ${hexOf("9.18.24-1-Debian-stable")}`,
              ),
            ),
          ],
        },
      ],
      verdict: "inconclusive",
      product: "BIND",
      version: "9.18.24-1-Debian-stable",
    },
    somethingElse,
  ],
  derby: [
    {
      title: "a server that takes a user name without a password",
      scripts: [{ steps: [step(anyRequest, derbyReply("0004"))] }],
      verdict: "exposed",
      version: "10.14.1",
    },
    {
      title: "a server that wants a password",
      scripts: [{ steps: [step(anyRequest, derbyReply("0003"))] }],
      verdict: "protected",
    },
  ],
  flume: [
    {
      title: "an Avro source",
      scripts: [{ steps: [step(anyRequest, avroReply("AvroSourceProtocol"))] }],
      verdict: "exposed",
      product: "Apache Flume",
    },
    {
      title: "another Avro service",
      scripts: [{ steps: [step(anyRequest, avroReply("Mailer"))] }],
      verdict: "inconclusive",
    },
  ],
  ignite: [
    {
      title: "a node without authentication",
      scripts: [{ steps: [step(bytes("0a000000 01 0100 0200 0000 02 65 65"), bytes("01000000 01"))] }],
      verdict: "exposed",
    },
    {
      title: "a node with authentication",
      scripts: [
        {
          steps: [
            step(
              bytes("0a000000 01 0100 0200 0000 02 65 65"),
              bytes(`1c000000 00 0100 0200 0000 09 0c000000 ${hexOf("Unauthorized")} d0070000`),
              true,
            ),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
};
