import type { Identification } from "../../core/identification.ts";

// In each of these a server that goes on with nothing further is no surprise.
const rsyncGreeting = Buffer.from("@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n", "latin1");
const noEncryption = Buffer.from("N", "latin1");
/** RFC 1928 section 3: the method that the server chose. */
const socksNoAuthentication = Uint8Array.of(5, 0);
const socksUserAndPassword = Uint8Array.of(5, 2);

/**
 * What a client that spoke first waits to hear before it tells more: of SSH its algorithms, of rsync the module, of
 * PostgreSQL the user and the database, of SOCKS 5 the destination or else the user. `undefined` where it waits for nothing that a decoy would say.
 */
export function answerTo(seen: Identification, sshIdentification: Uint8Array): Uint8Array | undefined {
  if (seen.complete) return undefined;
  switch (seen.protocol) {
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
