/**
 * What the first bytes of a connection say of the client: the answer of `identify`. Names here are a contract: they are
 * printed as JSON by `harbinger identify`, `listen --json` and `connections --json`. Text in it comes from a stranger; it
 * is bounded and has been through `safeText`, so it is safe for display (HTML still needs its escaping).
 */
export type Identification = {
  readonly protocol: ProtocolName;
  /** False where more bytes would tell more. */
  readonly complete: boolean;
  /** The scanner or internet census that this is known to come from: `nmap`, `masscan`, `censys`. */
  readonly scanner?: string;
  /** With a scanner: which of its probes or which mark gave it away. */
  readonly probe?: string;
  /** Instead of a scanner: these very bytes are a scanner's probe, but honest clients send them too. */
  readonly alsoSentBy?: AlsoSentBy;
  /** With protocol `unknown` and `complete: false`: the protocols that nothing contradicts yet. */
  readonly candidates?: readonly ProtocolName[];
  /** With protocol `unknown`: what the bytes look like. */
  readonly summary?: Summary;
  /** Of a connection to a decoy: so many bytes of its payload were passwords, and are `*` there. */
  readonly maskedBytes?: number;
  /** Of a connection to a decoy whose owner asks for them: the passwords that could be read. */
  readonly passwords?: readonly string[];
} & Descriptions;

/** First bytes that a scanner and others send alike: they tell nothing of the sender. */
export interface AlsoSentBy {
  /** The honest ones, in words: `any X11 client without a cookie`. */
  readonly clients: string;
  readonly scanner: string;
  readonly probe: string;
}

/** What each protocol tells, under its own name. A protocol without a type of its own here gives `Details`. */
export type Descriptions = SpecificDescriptions & {
  readonly [Name in Exclude<ProtocolName, keyof SpecificDescriptions>]?: Details;
};

/** A flat list of facts under short camel-case names: `{ command: "CONFIG", database: 3 }`. */
export type Details = Readonly<Record<string, string | number | boolean | readonly string[]>>;

interface SpecificDescriptions {
  readonly tls?: TlsDescription;
  readonly ssh?: SshDescription;
  /** HTTP/1.x and HTTP/2 alike. */
  readonly http?: HttpDescription;
  readonly rdp?: RdpDescription;
  readonly vnc?: VncDescription;
  readonly smb?: SmbDescription;
  /** A PROXY protocol header (haproxy) came first; the rest of the answer is about what followed it. */
  readonly proxy?: ProxyDescription;
}

export interface TlsDescription {
  /** The highest version that the client offers: `TLS 1.3`, `TLS 1.2`, ..., `SSL 2.0`. */
  readonly version: string;
  /** The server name asked for; absent where the extension is. */
  readonly sni?: string;
  readonly alpn: readonly string[];
  /** Absent until the whole ClientHello has arrived, and for an SSLv2 ClientHello. */
  readonly ja3?: string;
  readonly ja4?: string;
}

interface SshDescription {
  /** The identification line without its line end: `SSH-2.0-OpenSSH_9.9`. */
  readonly ident: string;
  /** Absent until the client's SSH_MSG_KEXINIT has arrived. */
  readonly hassh?: string;
  readonly hasshAlgorithms?: string;
}

export interface HttpDescription {
  /** As sent: `GET`. */
  readonly method: string;
  /** The request target as sent: a path, an absolute URL, an authority, or `*`. */
  readonly path: string;
  readonly host?: string;
  readonly userAgent?: string;
  /** `0.9`, `1.0`, `1.1`, `2`; absent where it has not arrived or is garbage. */
  readonly version?: string;
  /** The client offers to go on with HTTP/2 (RFC 7540 section 3.2). */
  readonly h2cUpgrade?: boolean;
  /** How the client proves who it is: `basic`, `digest`, `bearer`. The password is not told. */
  readonly authorization?: string;
  /** Of Basic, Digest and NTLM. */
  readonly user?: string;
  /** Of NTLM. */
  readonly domain?: string;
  readonly workstation?: string;
  /** Another protocol that the client wants to go on with: `websocket`. */
  readonly upgrade?: string;
  /** Of a request for WebSocket. */
  readonly origin?: string;
  readonly subprotocols?: string;
  /** What a SOAP request asks for, as UPnP sends it. */
  readonly soapAction?: string;
}

interface RdpDescription {
  /** The user name in the `mstshash` cookie. */
  readonly cookie?: string;
  readonly routingToken?: string;
  /** `rdp`, `tls`, `nla`, `rdstls`, `nla-ex`, `aad`. */
  readonly requestedProtocols: readonly string[];
}

interface VncDescription {
  /** `3.8`. */
  readonly version: string;
}

export interface SmbDescription {
  /** The generation of the request itself: 1, or 2 for SMB 2 and 3. Absent for a NetBIOS session request. */
  readonly version?: 1 | 2;
  /** `negotiate`, `session-setup`, `netbios-session`, ... */
  readonly command: string;
  /** `NT LM 0.12`, `2.0.2`, `3.1.1`. */
  readonly dialects: readonly string[];
  readonly clientGuid?: string;
  /** Who wants in, by NTLM; the password is not told. */
  readonly user?: string;
  readonly domain?: string;
  /** What the client's machine calls itself. */
  readonly workstation?: string;
  readonly calledName?: string;
  readonly callingName?: string;
}

interface ProxyDescription {
  readonly version: 1 | 2;
  /** Absent for a health check of the proxy itself (LOCAL, UNKNOWN). */
  readonly source?: { readonly address: string; readonly port: number };
  readonly destination?: { readonly address: string; readonly port: number };
  /** Bytes that the header takes: what follows is the client's. */
  readonly headerBytes: number;
}

export interface Summary {
  readonly kind: "text" | "binary";
  /** The beginning: safe text, or hex. */
  readonly preview: string;
}

/** Every protocol that can be named. `unknown`: bytes, but none of these. `none`: no byte came. */
export type ProtocolName = (typeof protocolNames)[number];

export const protocolNames = [
  "adb",
  "ajp",
  "ami",
  "amqp",
  "bgp",
  "bitcoin",
  "bittorrent",
  "cassandra",
  "clamd",
  "cvs",
  "dcerpc",
  "dicom",
  "dict",
  "distcc",
  "dnp3",
  "dns",
  "drda",
  "epmd",
  "ethernet-ip",
  "finger",
  "fox",
  "ftp",
  "gearman",
  "giop",
  "git",
  "gopher",
  "gpsd",
  "hadoop-ipc",
  "hl7",
  "http",
  "http2",
  "ident",
  "iec104",
  "imap",
  "irc",
  "iscsi",
  "java-rmi",
  "java-serialization",
  "jdwp",
  "kafka",
  "kerberos",
  "ldap",
  "lpd",
  "memcached",
  "minecraft",
  "modbus",
  "mongodb",
  "mpd",
  "mqtt",
  "mssql",
  "mysql",
  "nats",
  "nbd",
  "nntp",
  "none",
  "nrpe",
  "nut",
  "opc-ua",
  "openvpn",
  "oracle",
  "pjl",
  "pop3",
  "postgresql",
  "pptp",
  "proxy",
  "rdp",
  "redis",
  "rexec",
  "rlogin",
  "rpc",
  "rsh",
  "rsync",
  "rtmp",
  "rtsp",
  "s7",
  "sieve",
  "sip",
  "smb",
  "smtp",
  "snmp",
  "socks4",
  "socks5",
  "spamd",
  "ssh",
  "stomp",
  "svn",
  "syslog",
  "t3",
  "telnet",
  "thrift",
  "tls",
  "unknown",
  "vnc",
  "whois",
  "x11",
  "xmpp",
  "zabbix",
  "zeromq",
  "zookeeper",
] as const;
