import type { Identification } from "../../core/identification.ts";

// In each of these a server that goes on with nothing further is no surprise.
const rsyncGreeting = Buffer.from("@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n", "latin1");
const noEncryption = Buffer.from("N", "latin1");
/** RFC 1928 section 3: the method that the server chose. */
const socksNoAuthentication = Uint8Array.of(5, 0);
const socksUserAndPassword = Uint8Array.of(5, 2);

/** The answer to PRELOGIN: version 15.0 without encryption, so that the login comes in clear. [MS-TDS] 2.2.6.5. */
const mssqlNoEncryption = Buffer.from("0401001a0000010000000b00060100110001ff0f001000000002", "hex");
/** S0, S1 and S2: version 3, and two messages of 1,536 bytes. Adobe's RTMP 1.0, section 5.2. */
const rtmpHandshake = Buffer.concat([Uint8Array.of(3), new Uint8Array(8), Buffer.alloc(3064, 0x5a)]);

/**
 * What a client that spoke first waits to hear before it tells more: of SSH its algorithms, of rsync the module, of
 * PostgreSQL the user and the database, of SQL Server the login, of RTMP the application, of SOCKS 5 the destination or else the user. `undefined` where it waits for nothing that a decoy would say.
 */
export function answerTo(seen: Identification, sshIdentification: Uint8Array): Uint8Array | undefined {
  // A prelogin is a whole message, but the login behind it tells who wants what.
  if (seen.protocol === "mssql") return isPreloginAlone(seen) ? mssqlNoEncryption : undefined;
  if (seen.complete) return undefined;
  switch (seen.protocol) {
    case "rtmp":
      return seen.rtmp?.["application"] === undefined ? rtmpHandshake : undefined;
    case "ssh":
      return sshIdentification;
    case "rsync":
      return rsyncGreeting;
    case "postgresql":
      return asksForEncryption(seen) ? noEncryption : undefined;
    case "socks5":
      return socksAnswer(seen);
    default:
      return undefined;
  }
}

function socksAnswer({ socks5 }: Identification): Uint8Array | undefined {
  const methods = socks5?.["methods"];
  if (!Array.isArray(methods) || socks5?.["user"] !== undefined) return undefined;
  if (methods.includes("none")) return socksNoAuthentication;
  return methods.includes("user-password") ? socksUserAndPassword : undefined;
}

function asksForEncryption({ postgresql }: Identification): boolean {
  const request = postgresql?.["request"];
  return request === "ssl" || request === "gss-encryption";
}

function isPreloginAlone({ mssql, complete }: Identification): boolean {
  return complete && mssql?.["request"] === "prelogin" && mssql["user"] === undefined;
}
