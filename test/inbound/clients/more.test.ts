import assert from "node:assert/strict";
import type { Connection } from "../../../src/core/connection.ts";
import { type RealClient, testClients } from "./real-client.ts";

/** The bytes are also a probe of nmap: the client must still not count as a scanner. */
function noScanner(protocol: string, probe: string): RealClient["expect"] {
  return ({ identification }: Connection) => {
    const { scanner, alsoSentBy } = identification;
    assert.deepEqual([identification.protocol, scanner, alsoSentBy?.probe], [protocol, undefined, probe]);
  };
}

function typed(does: string, text: string, expect: RealClient["expect"]): RealClient {
  return { does, program: "nc", words: ["127.0.0.1", "PORT"], typed: text, expect };
}

const clients: readonly RealClient[] = [
  {
    does: "ldapsearch binds anonymously in version 2",
    program: "ldapsearch",
    words: ["-P", "2", "-x", "-H", "ldap://127.0.0.1:PORT", "-b", "", "-s", "base"],
    expect: noScanner("ldap", "LDAPBindReq"),
  },
  typed("a person types HELP", "HELP\r\n", noScanner("unknown", "Help")),
  typed("a health check asks for a page of HTTP 1.0", "GET / HTTP/1.0\r\n\r\n", noScanner("http", "GetRequest")),
  {
    does: "redis-cli requests INFO",
    program: "redis-cli",
    words: ["-h", "127.0.0.1", "-p", "PORT", "info"],
    expect: noScanner("redis", "redis-server"),
  },
  {
    does: "socat reaches SSH through SOCKS 4 as root",
    program: "socat",
    words: ["-", "SOCKS4:127.0.0.1:127.0.0.1:22,socksport=PORT,socksuser=root"],
    expect: noScanner("socks4", "Socks4"),
  },
  {
    does: "plink of PuTTY connects",
    program: "plink",
    words: ["-batch", "-P", "PORT", "bob@127.0.0.1", "id"],
    expect: ({ identification: { protocol, ssh } }) => {
      assert.equal(protocol, "ssh");
      assert.match(ssh?.ident ?? "", /^SSH-2\.0-PuTTY_/);
      assert.match(ssh?.hassh ?? "", /^[0-9a-f]{32}$/);
    },
  },
  {
    does: "lftp answers the FTP banner",
    program: "lftp",
    words: ["-c", "set net:max-retries 1; open -u bob,x -p PORT 127.0.0.1; ls"],
    banner: "ftp",
    expect: ({ identification }) => assert.equal(identification.protocol, "ftp"),
  },
  {
    does: "mpop answers the POP3 banner",
    program: "mpop",
    words: ["--host=127.0.0.1", "--port=PORT", "--user=bob", "--auth=user", "--tls=off", "--serverinfo"],
    banner: "pop3",
    expect: ({ identification }) => assert.equal(identification.protocol, "pop3"),
  },
  {
    does: "swaks answers the SMTP banner",
    program: "swaks",
    words: ["--server", "127.0.0.1", "--port", "PORT", "--to", "b@example.org", "--helo", "mail.example.org"],
    banner: "smtp",
    expect: ({ identification: { protocol, smtp } }) => {
      assert.deepEqual([protocol, smtp?.["name"]], ["smtp", "mail.example.org"]);
    },
  },
  {
    does: "ii connects to chat",
    program: "ii",
    words: ["-s", "127.0.0.1", "-p", "PORT", "-n", "wiz", "-i", "irc"],
    expect: ({ identification: { protocol, irc } }) => {
      assert.deepEqual([protocol, irc?.["nickname"]], ["irc", "wiz"]);
    },
  },
  {
    does: "tsql looks for SQL Server",
    program: "tsql",
    words: ["-H", "127.0.0.1", "-p", "PORT", "-U", "sa", "-P", "x"],
    expect: ({ identification: { protocol, mssql } }) => {
      assert.deepEqual([protocol, mssql?.["instance"]], ["mssql", "MSSQLServer"]);
    },
  },
  {
    does: "dig requests the version over TCP",
    program: "dig",
    words: ["+tcp", "+tries=1", "-p", "PORT", "@127.0.0.1", "version.bind", "CH", "TXT"],
    expect: ({ identification: { protocol, dns, scanner } }) => {
      assert.deepEqual([protocol, dns?.["name"], scanner], ["dns", "version.bind", undefined]);
    },
  },
];

testClients("a decoy names more of what people have", clients);
