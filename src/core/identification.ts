/**
 * What the first bytes of a connection reveal about the client: the result of `identify`. Names here are a contract:
 * they are
 * printed as JSON by `harbinger identify`, `listen --json` and `connections --json`. Its text is untrusted, but
 * bounded and cleaned by `safeText`, so it is safe for display (HTML still needs escaping).
 */
export type Identification = {
  readonly protocol: ProtocolName;
  /** False where more bytes would reveal more. */
  readonly complete: boolean;
  /** The scanner or Internet survey that sends these bytes: `nmap`, `masscan`, `censys`. */
  readonly scanner?: string | undefined;
  /** With a scanner: the probe or the marker by which it was recognised. */
  readonly probe?: string | undefined;
  /** Instead of a scanner: these bytes are a scanner's probe, but normal clients send them too. */
  readonly alsoSentBy?: AlsoSentBy;
  /** With protocol `unknown` and `complete: false`: the protocols that are still possible. */
  readonly candidates?: readonly ProtocolName[];
  /** With protocol `unknown`: what the bytes look like. */
  readonly summary?: Summary;
  /** Connections to decoys only: how many bytes of the payload were passwords and are masked by `*`. */
  readonly maskedBytes?: number;
  /** Connections to decoys with `passwords: true` only: the passwords that could be read. */
  readonly passwords?: readonly string[];
} & Descriptions;

/** First bytes that scanners and normal clients both send, so they do not identify the sender. */
export interface AlsoSentBy {
  /** The normal clients, in words: `any X11 client without a cookie`. */
  readonly clients: string;
  readonly scanner: string;
  readonly probe: string;
}

/** The facts of each protocol, under its name. A protocol without a type of its own has `Details`. */
export type Descriptions = SpecificDescriptions & {
  readonly [Name in Exclude<ProtocolName, keyof SpecificDescriptions>]?: Details;
};

/** A flat list of facts under short camel-case names: `{ command: "CONFIG", database: 3 }`. */
export type Details = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface SpecificDescriptions {
  readonly tls?: TlsDescription;
  readonly ssh?: SshDescription;
  /** HTTP/1.x and HTTP/2 alike. */
  readonly http?: HttpDescription;
  readonly rdp?: RdpDescription;
  readonly vnc?: VncDescription;
  readonly smb?: SmbDescription;
  /** A PROXY protocol header (haproxy) came first; the other fields describe what followed it. */
  readonly proxy?: ProxyDescription | undefined;
}

export interface TlsDescription {
  /** The highest version that the client offers: `TLS 1.3`, `TLS 1.2`, ..., `SSL 2.0`. */
  readonly version: string;
  /** The requested server name; absent without the extension. */
  readonly sni?: string | undefined;
  readonly alpn: readonly string[];
  /** Absent until the whole ClientHello has arrived, and for an SSLv2 ClientHello. */
  readonly ja3?: string | undefined;
  readonly ja4?: string | undefined;
}

export interface SshDescription {
  /** The identification line without its line end: `SSH-2.0-OpenSSH_9.9`. */
  readonly ident: string;
  /** Absent until the client's SSH_MSG_KEXINIT has arrived. */
  readonly hassh?: string | undefined;
  readonly hasshAlgorithms?: string | undefined;
}

export interface HttpDescription {
  /** As sent: `GET`. */
  readonly method: string;
  /** The request target as sent: a path, an absolute URL, an authority, or `*`. */
  readonly path: string;
  readonly host?: string | undefined;
  readonly userAgent?: string | undefined;
  /** `0.9`, `1.0`, `1.1`, `2`; absent where it is missing or invalid. */
  readonly version?: string | undefined;
  /** The client offers to upgrade to HTTP/2 (RFC 7540 section 3.2). */
  readonly h2cUpgrade?: boolean | undefined;
  /** The authentication scheme: `basic`, `digest`, `bearer`. The password is not included. */
  readonly authorization?: string | undefined;
  /** Of Basic, Digest and NTLM. */
  readonly user?: string | undefined;
  /** Of NTLM. */
  readonly domain?: string | undefined;
  readonly workstation?: string | undefined;
  /** The protocol that the client wants to upgrade to: `websocket`. */
  readonly upgrade?: string | undefined;
  /** Of a request for WebSocket. */
  readonly origin?: string | undefined;
  readonly subprotocols?: string | undefined;
  /** The action of a SOAP request, as in UPnP. */
  readonly soapAction?: string | undefined;
}

export interface RdpDescription {
  /** The user name in the `mstshash` cookie. */
  readonly cookie?: string | undefined;
  readonly routingToken?: string | undefined;
  /** `rdp`, `tls`, `nla`, `rdstls`, `nla-ex`, `aad`. */
  readonly requestedProtocols: readonly string[];
}

export interface VncDescription {
  /** `3.8`. */
  readonly version: string;
}

export interface SmbDescription {
  /** The generation of the request itself: 1, or 2 for SMB 2 and 3. Absent for a NetBIOS session request. */
  readonly version?: 1 | 2 | undefined;
  /** `negotiate`, `session-setup`, `netbios-session`, ... */
  readonly command: string;
  /** `NT LM 0.12`, `2.0.2`, `3.1.1`. */
  readonly dialects: readonly string[];
  readonly clientGuid?: string | undefined;
  /** The NTLM user; the password is not included. */
  readonly user?: string | undefined;
  readonly domain?: string | undefined;
  /** The name of the client's machine. */
  readonly workstation?: string | undefined;
  readonly calledName?: string | undefined;
  readonly callingName?: string | undefined;
}

export interface ProxyDescription {
  readonly version: 1 | 2;
  /** Absent for a health check of the proxy itself (LOCAL, UNKNOWN). */
  readonly source?: { readonly address: string; readonly port: number } | undefined;
  readonly destination?: { readonly address: string; readonly port: number } | undefined;
  /** Length of the header; the client's bytes follow. */
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
