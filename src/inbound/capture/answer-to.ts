import type { Identification } from "../../core/identification.ts";
import { smbAnswer } from "../../wire/smb/answers.ts";

// After each of these answers a real server may send nothing more either.
const rsyncGreeting = Buffer.from("@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n", "latin1");
/** The answer to a request for a module: asks for the user. rsync source, authenticate.c: auth_server. */
const rsyncLogin = Buffer.from("@RSYNCD: AUTHREQD 6dWq3n5mS1yq0Zr4cA0h7w\n", "latin1");
const noEncryption = Buffer.from("N", "latin1");
/** RFC 1928 section 3: the method that the server chose. */
const socksNoAuthentication = Uint8Array.of(5, 0);
const socksUserAndPassword = Uint8Array.of(5, 2);

/**
 * The answer to PRELOGIN: version 15.0 without encryption, so that the login is sent in the clear. [MS-TDS] 2.2.6.5.
 */
const mssqlNoEncryption = Buffer.from("0401001a0000010000000b00060100110001ff0f001000000002", "hex");
/** S0, S1 and S2: version 3, and two messages of 1,536 bytes. Adobe's RTMP 1.0, section 5.2. */
const rtmpHandshake = Buffer.concat([Uint8Array.of(3), new Uint8Array(8), Buffer.alloc(3064, 0x5a)]);

/** Connection.Start of AMQP 0-9-1: no properties, the mechanisms PLAIN and AMQPLAIN, the locale en_US. */
const amqpStart = Buffer.from(
  "01000000000025000a000a0009000000000000000e504c41494e20414d51504c41494e00000005656e5f5553ce",
  "hex",
);

/** Answers to an SMB client: to a negotiation that offers SMB 2, to the SMB 2 negotiation, to the start of a login. */
const maxAnswers = 3;

/** What an answer depends on, besides the identification. */
export interface AnswerSituation {
  readonly bytes: Uint8Array;
  readonly sshIdentification: Uint8Array;
  /** How many answers were sent to this client. */
  readonly given: number;
}

/**
 * The answer that a client which spoke first waits for before it sends more: of SSH its algorithms, of rsync the
 * module and the user, of
 * PostgreSQL the user and the database, of SQL Server, AMQP and SMB the login, of RTMP the application, of SOCKS 5
 * the destination or
 * else the user. `undefined` where it waits for none. One answer to each client, except for rsync and SMB.
 */
export function answerTo(seen: Identification, situation: AnswerSituation): Uint8Array | undefined {
  const { bytes, sshIdentification, given } = situation;
  if (seen.protocol === "smb") return given < maxAnswers && seen.complete ? smbAnswer(bytes) : undefined;
  if (seen.protocol === "rsync" && given === 1) return asksForModule(seen) ? rsyncLogin : undefined;
  if (given > 0) return undefined;
  // These messages are complete, but the login that follows them has the user.
  if (seen.protocol === "mssql") return isPreloginAlone(seen) ? mssqlNoEncryption : undefined;
  if (seen.protocol === "amqp") return isAmqpHeaderAlone(seen) ? amqpStart : undefined;
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

function asksForModule({ rsync }: Identification): boolean {
  const module = rsync?.["module"];
  return module !== undefined && module !== "#list" && rsync?.["user"] === undefined;
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

function isAmqpHeaderAlone({ amqp }: Identification): boolean {
  const version = amqp?.["version"];
  return (version === "0-9-1" || version === "0-9") && amqp?.["mechanism"] === undefined;
}
