import { hexOf, type ProtocolCase, somethingElse, step } from "./protocol-case.ts";
import { bytes, text } from "./scripted-server.ts";

// MQTT 3.1.1, 3.1: fixed header, "MQTT", level 4, clean session, keep-alive 20, "harbinger-check".
const mqttConnect = bytes(`10 1b 0004 4d515454 04 02 0014 000f ${hexOf("harbinger-check")}`);
// Kafka: ApiVersions 3 as request 1.
const apiVersions3 = bytes(
  `00000021 0012 0003 00000001 0009 ${hexOf("harbinger")} 00 0a ${hexOf("harbinger")} 02 31 00`,
);
const kafkaVersions = "0000001a 00000001 0000 03 0003 0000 000c 00 0012 0000 0003 00 00000000 00";
// Metadata 1 of all topics: a null list. SaslHandshake 1, to get the mechanisms.
const metadata1 = bytes(`00000017 0003 0001 00000003 0009 ${hexOf("harbinger")} ffffffff`);
const saslHandshake = bytes(`0000001a 0011 0001 00000004 0009 ${hexOf("harbinger")} 0005 ${hexOf("PLAIN")}`);
const kafkaMetadata = bytes(
  `00000047 00000003
   00000001 00000001 0006 ${hexOf("kafka1")} 00002384 ffff 00000001
   00000001 0000 0006 ${hexOf("orders")} 00
   00000001 0000 00000000 00000001 00000001 00000001 00000000`,
);
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
// Frame 1 of one buffer: client hash, no protocol, server hash, no metadata; then no metadata, and no message.
const avroHandshake = bytes(`00000001 00000001 00000024 ${"48".repeat(16)} 00 ${"42".repeat(16)} 00 00 00`);
const avroReply = (protocol: string) => {
  const json = `{"protocol":"${protocol}","namespace":"org.apache.flume.source.avro"}`;
  const body = `04 02 ${(json.length * 2).toString(16).padStart(2, "0")} ${hexOf(json)}`;
  // Lengths above 63 take two bytes as a zig-zag varint.
  const zigzag = json.length * 2;
  const two = ((zigzag & 0x7f) | 0x80).toString(16) + (zigzag >> 7).toString(16).padStart(2, "0");
  const right = body.replace(/^04 02 [0-9a-f]+/, `04 02 ${two}`);
  return bytes(`00000001 00000001 ${bytes(right).length.toString(16).padStart(8, "0")} ${right}`);
};
// [MS-SMB2] 2.2.3: NEGOTIATE with four dialects, signing enabled.
const smbNegotiate = bytes(
  `0000006c fe534d42 4000 0000 00000000 0000 0100 ${"00".repeat(48)} 2400 0400 0100 0000 00000000 ${"00".repeat(16)} ${"00".repeat(8)} 0202 1002 0003 0203`,
);
// [MS-RDPBCGR] 2.2.1.1: X.224 Connection Request with RDP_NEG_REQ for TLS.
const rdpRequest = bytes("03 00 0013 0e e0 0000 0000 00 01 00 0800 01000000");
const smbReply = (mode: string) =>
  bytes(
    `000000${(64 + 65).toString(16)} fe534d42 4000 0000 00000000 0000 0100 01000000 00000000 ${"00".repeat(8)} ${"00".repeat(8)} ${"00".repeat(8)} ${"00".repeat(16)}
     4100 ${mode} 0203 0000 ${"00".repeat(57)}`,
  );

/** Cases of brokers, desktops and the rest. */
export const otherCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  mqtt: [
    {
      title: "an open broker",
      scripts: [{ steps: [step(mqttConnect, bytes("20 02 00 00"))] }],
      verdict: "exposed",
    },
    {
      title: "a broker that requires a login: the fourth byte is 5, the second is always 2",
      scripts: [{ steps: [step(mqttConnect, bytes("20 02 00 05"), true)] }],
      verdict: "protected",
    },
    {
      title: "a broker that is unavailable",
      scripts: [{ steps: [step(mqttConnect, bytes("20 02 00 03"), true)] }],
      verdict: "inconclusive",
    },
  ],
  amqp: [
    {
      title: "a broker that accepts an anonymous client",
      scripts: [
        {
          steps: [
            step(amqpHeader, amqpStart("ANONYMOUS PLAIN")),
            step(/^[\s\S]*ANONYMOUS[\s\S]*\xce/, bytes("01 0000 0000000c 000a 001e 07ff 00020000 003c ce")),
          ],
        },
      ],
      verdict: "exposed",
      product: "RabbitMQ",
      version: "3.10.8",
    },
    {
      title: "a broker that requires a password",
      scripts: [{ steps: [step(amqpHeader, amqpStart("PLAIN AMQPLAIN"))] }],
      verdict: "protected",
      version: "3.10.8",
    },
    {
      title: "a broker that offers ANONYMOUS and refuses it",
      scripts: [
        {
          steps: [
            step(amqpHeader, amqpStart("ANONYMOUS PLAIN")),
            step(/^[\s\S]*ANONYMOUS[\s\S]*\xce/, undefined, true),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
  kafka: [
    {
      title: "a broker that lists its topics",
      scripts: [{ steps: [step(apiVersions3, bytes(kafkaVersions)), step(metadata1, kafkaMetadata)] }],
      verdict: "exposed",
    },
    {
      title: "a listener with SASL: it closes on Metadata",
      scripts: [
        { steps: [step(apiVersions3, bytes(kafkaVersions)), step(metadata1, undefined, true)] },
        { steps: [step(saslHandshake, bytes(`00000017 00000004 0021 00000001 000d ${hexOf("SCRAM-SHA-256")}`))] },
      ],
      verdict: "protected",
    },
  ],
  smb: [
    {
      title: "signing required",
      scripts: [{ steps: [step(smbNegotiate, smbReply("0300"))] }],
      verdict: "inconclusive",
    },
    somethingElse,
  ],
  rdp: [
    {
      title: "a server that requires network level authentication",
      scripts: [{ steps: [step(rdpRequest, bytes("03 00 0013 0e d0 0000 1234 00 03 00 0800 05000000"))] }],
      verdict: "protected",
    },
    {
      title: "a server that shows its login screen",
      scripts: [{ steps: [step(rdpRequest, bytes("03 00 0013 0e d0 0000 1234 00 02 00 0800 01000000"))] }],
      verdict: "inconclusive",
    },
  ],
  stomp: [
    {
      title: "a broker that accepts any client",
      scripts: [
        { steps: [step(/^CONNECT\n[\s\S]*\n\n/, text("CONNECTED\nserver:ActiveMQ/5.17.2\nversion:1.2\n\n\0\n"))] },
      ],
      verdict: "exposed",
      product: "ActiveMQ",
      version: "5.17.2",
    },
    {
      title: "a broker of another version",
      scripts: [
        {
          steps: [step(/^CONNECT\n[\s\S]*\n\n/, text("ERROR\nmessage:Supported versions are 1.0\n\nOnly 1.0\0"), true)],
        },
      ],
      verdict: "inconclusive",
    },
    {
      title: "a broker that requires a login",
      scripts: [{ steps: [step(/^CONNECT\n[\s\S]*\n\n/, text("ERROR\nmessage:Bad CONNECT\n\n\0"), true)] }],
      verdict: "protected",
    },
  ],
  x11: [
    {
      title: "a display that accepts any client",
      scripts: [
        {
          steps: [
            step(
              bytes("4200 000b 0000 0000 0000 0000"),
              bytes(
                `01 00 000b 0000 000b 00b8a58f 00000000 00ffffff 00000000 0014 ffff 01 00 00 00 20 20 08 ff 00000000 ${hexOf("The X.Org Foundation")}`,
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
      title: "a display that requires authorization",
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
              bytes(`001e 4842 0000 0001 0000 0000 0000 07 ${hexOf("version")} 04 ${hexOf("bind")} 00 0010 0003`),
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
  flume: [
    {
      title: "an Avro source",
      scripts: [{ steps: [step(avroHandshake, avroReply("AvroSourceProtocol"))] }],
      verdict: "exposed",
      product: "Apache Flume",
    },
    {
      title: "another Avro service",
      scripts: [{ steps: [step(avroHandshake, avroReply("Mailer"))] }],
      verdict: "inconclusive",
    },
  ],
};
