import { anyRequest, hexOf, type ProtocolCase, somethingElse, step } from "./protocol-case.ts";
import { bytes, text } from "./scripted-server.ts";

// RFC 4511: LDAPMessage 1, BindRequest version 3, name "", simple "".
const ldapBind = bytes("30 0c 02 01 01 60 07 02 01 03 04 00 80 00");
const ldapBindSuccess = "02 01 01 61 07 0a 01 00 04 00 04 00";
const ldapDone = (code: string) => `30 0c 02 01 02 65 07 0a 01 ${code} 04 00 04 00`;
const ldapRoot = (() => {
  const attribute = "30 1d 04 0e 6e616d696e67436f6e7465787473 31 0b 04 09 64633d65782c633d65";
  return `30 28 02 01 02 64 23 04 00 30 1f ${attribute} ${ldapDone("00")}`;
})();
const ldapEntry = `30 12 02 01 02 64 0d 04 09 64633d65782c633d65 30 00`;
// PostgreSQL: SSLRequest, and the StartupMessage.
const sslRequest = bytes("00000008 04d2162f");
const startupParameters = `${hexOf("user")}00${hexOf("postgres")}00${hexOf("database")}00${hexOf("postgres")}00${hexOf("application_name")}00${hexOf("harbinger")}00 00`;
const startup = bytes(`00000044 00030000 ${startupParameters}`);
const pgError = (code: string, message: string) => {
  const fields = `SFATAL\0C${code}\0M${message}\0\0`;
  return text(`E\0\0\0${String.fromCharCode(fields.length + 4)}${fields}`);
};
const cassandraStartup = bytes(`04 00 0000 01 00000016 0001 000b ${hexOf("CQL_VERSION")} 0005 ${hexOf("3.0.0")}`);
const drda = (code: string, parameters: string, format: string) => {
  const object = bytes(parameters);
  const length = (size: number) => size.toString(16).padStart(4, "0");
  return `${length(object.length + 10)} d0 ${format} 0001 ${length(object.length + 4)} ${code} ${parameters}`;
};
// EXCSATRD with SRVCLSNM "Apache Derby" and SRVRLSLV "CSS10141/10.14.1.0 - (1808820)" in EBCDIC, then ACCSECRD.
const derbyServer = "0010 1147 c197818388854 0c48599 82a8".replace(/ /g, "");
// EXCSAT with EXTNAM "harbinger", chained; ACCSEC with SECMEC 4 and RDBNAM "harbinger", padded to 18.
const derbyName = "88819982899587 8599";
const derbyHello = bytes(
  `0017 d0 41 0001 0011 1041 000d 115e ${derbyName} 0026 d0 01 0002 0020 106d 0006 11a2 0004 0016 2110 ${derbyName} ${"40".repeat(9)}`,
);
const derbyReply = (mechanism: string) =>
  bytes(
    `${drda("1443", `${derbyServer} 000c 115a c3e2e2f1f0f1f4f1`, "02")} ${drda("14ac", `0006 11a2 ${mechanism}`, "02")}`,
  );
const derby10142 = bytes(
  `006d d0 42 0001 0067 1443 001d 115e d585a3a6969992e28599a58599c39695a39996934094818995 0010 1147 c1978183888540c4859982a8
   0018 116d d585a3a6969992e28599a58599c39695a3999693 001e 115a c3e2e2f1f0f1f4f061f1f04bf1f44bf24bf04060404d6f6f6f5d
   0010 d0 02 0002 000a 14ac 0006 11a2 0004`,
);

/** Cases of databases and directories. */
export const databaseCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
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
      title: "PgBouncer refuses a parameter that PostgreSQL accepts",
      scripts: [
        { steps: [step(sslRequest, text("N")), step(startup, bytes("52 0000000c 00000005 01020304"))] },
        { steps: [step(anyRequest, pgError("08P01", "unsupported startup parameter: harbinger.probe"), true)] },
      ],
      verdict: "protected",
      product: "PgBouncer",
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
        {
          steps: [step(sslRequest, text("N")), step(startup, pgError("28000", "no pg_hba.conf entry"), true)],
        },
      ],
      verdict: "protected",
    },
    {
      title: "trust, without the usual role",
      scripts: [
        {
          steps: [
            step(sslRequest, text("N")),
            step(
              startup,
              Buffer.concat([bytes("52 00000008 00000000"), pgError("28000", 'role "postgres" does not exist')]),
              true,
            ),
          ],
        },
      ],
      verdict: "exposed",
    },
    {
      title: "a server that is still starting",
      scripts: [
        {
          steps: [
            step(sslRequest, text("N")),
            step(startup, pgError("57P03", "the database system is starting up"), true),
          ],
        },
      ],
      verdict: "inconclusive",
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
      title: "a directory that rejects an anonymous bind",
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
      title: "a directory that allows an anonymous bind, but no reads",
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
    ...["20", "00"].map(
      (code): ProtocolCase => ({
        title: `a directory that hides its entries by result ${code}`,
        scripts: [
          {
            steps: [
              step(ldapBind, bytes(`30 0c ${ldapBindSuccess}`)),
              step(anyRequest, bytes(ldapRoot)),
              step(anyRequest, bytes(ldapDone(code))),
            ],
          },
        ],
        verdict: "protected",
      }),
    ),
    {
      title: "a directory that shows only its root, which is public by design",
      scripts: [
        {
          steps: [
            step(ldapBind, bytes(`30 0c ${ldapBindSuccess}`)),
            step(anyRequest, bytes(`30 09 02 01 02 64 04 04 00 30 00 ${ldapDone("00")}`)),
          ],
        },
      ],
      verdict: "inconclusive",
    },
  ],
  mssql: [
    {
      title: "SQL Server 2022",
      scripts: [
        {
          steps: [
            step(
              bytes("12 01 001a 0000 01 00 00 000b 0006 01 0011 0001 ff 0f0000000000 00"),
              bytes("04 01 001a 0000 01 00 00 000b 0006 01 0011 0001 ff 10 00 03e8 0000 03"),
            ),
          ],
        },
      ],
      verdict: "protected",
      version: "16.0.1000",
    },
    somethingElse,
  ],
  cassandra: [
    {
      title: "a node without authentication",
      scripts: [
        {
          steps: [
            step(bytes("04 00 0000 05 00000000"), bytes("84 00 0000 06 00000002 0000")),
            step(cassandraStartup, bytes("84 00 0000 02 00000000")),
            step(
              // QUERY with consistency ONE.
              bytes(`04 00 0000 07 0000002f 00000028 ${hexOf("SELECT release_version FROM system.local")} 0001 00`),
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
            step(cassandraStartup, bytes(`84 00 0000 03 00000008 0006 ${hexOf("Passwo")}`)),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
  derby: [
    {
      title: "Derby 10.14.2.0 as recorded",
      scripts: [{ steps: [step(derbyHello, derby10142)] }],
      verdict: "inconclusive",
      product: "Apache Derby",
      version: "10.14.2.0",
    },
    {
      title: "a server that offers a user name without a password although that is not enough",
      scripts: [{ steps: [step(derbyHello, derbyReply("0004"))] }],
      verdict: "inconclusive",
      version: "10.14.1",
    },
    {
      title: "a server that requires a password",
      scripts: [{ steps: [step(derbyHello, derbyReply("0003"))] }],
      verdict: "protected",
      version: "10.14.1",
    },
  ],
};
