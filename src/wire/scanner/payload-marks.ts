/**
 * Byte patterns that give a scanner away whatever the protocol. `start` is what the payload begins with, one character a
 * byte; `exact` means that nothing follows (patterns so short that a person could type them count only then, and may
 * still be one); `later` is more of the pattern at an offset.
 *
 * Left out on purpose: probes that honest clients send alike, such as nmap's bare `GET / HTTP/1.0` and
 * `OPTIONS / HTTP/1.0` (health checks of load balancers), its Java RMI, Redis and Memcached ones.
 */
export interface PayloadMark {
  readonly scanner: string;
  readonly probe: string;
  readonly start: string;
  readonly exact?: true;
  readonly later?: { readonly at: number; readonly text: string };
}

/** Probe names are nmap's own: https://nmap.org/book/vscan-fileformat.html, file nmap-service-probes, TCP section. */
const nmap: readonly Omit<PayloadMark, "scanner">[] = [
  { probe: "GenericLines", start: "\r\n\r\n", exact: true },
  { probe: "RTSPRequest", start: "OPTIONS / RTSP/1.0\r\n\r\n", exact: true },
  { probe: "RPCCheck", start: "\x80\x00\x00\x28\x72\xfe\x1d\x13" },
  {
    probe: "DNSVersionBindReqTCP",
    start: "\x00\x1e\x00\x06\x01\x00\x00\x01",
    later: { at: 14, text: "\x07version\x04bind" },
  },
  { probe: "DNSStatusRequestTCP", start: "\x00\x0c\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00", exact: true },
  { probe: "Hello", start: "EHLO\r\n", exact: true },
  { probe: "Help", start: "HELP\r\n", exact: true },
  { probe: "HELP4STOMP", start: "HELP\n\n\x00", exact: true },
  {
    probe: "SSLSessionReq",
    start: "\x16\x03\x00\x00\x53\x01",
    later: { at: 11, text: "\x3f\x47\xd7\xf7\xba\x2c\xee\xea" },
  },
  {
    probe: "TLSSessionReq",
    start: "\x16\x03\x00\x00\x69\x01",
    later: { at: 15, text: "random1random2random3random4" },
  },
  { probe: "TLS-PSK", start: "\x16\x03\x00\x00\x75\x01", later: { at: 11, text: "U8*bETXSJDSZ" } },
  { probe: "SSLv23SessionReq", start: "\x80\x9e\x01\x03\x01\x00\x75", later: { at: 128, text: "\xe4\x69\x3c\x2b" } },
  {
    probe: "TerminalServerCookie",
    start: "\x03\x00\x00\x2a\x25\xe0",
    later: { at: 11, text: "Cookie: mstshash=nmap\r\n" },
  },
  { probe: "Kerberos", start: "\x00\x00\x00\x71\x6a\x81\x6e\x30", later: { at: 36, text: "\x1b\x02NM" } },
  {
    probe: "SMBProgNeg",
    start: "\x00\x00\x00\xa4\xffSMB\x72\x00\x00\x00\x00\x08\x01\x40",
    later: { at: 30, text: "\x40\x06" },
  },
  { probe: "X11Probe", start: "\x6c\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00", exact: true },
  { probe: "LPDString", start: "\x01default\n", exact: true },
  { probe: "LDAPSearchReq", start: "\x30\x84\x00\x00\x00\x2d\x02\x01\x07\x63\x84\x00\x00\x00\x24" },
  { probe: "LDAPBindReq", start: "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x02\x04\x00\x80\x00", exact: true },
  { probe: "SIPOptions", start: "OPTIONS sip:nm SIP/2.0\r\n" },
  { probe: "LANDesk-RC", start: "TNMP\x04\x00\x00\x00TNME\x00\x00\x04\x00" },
  { probe: "NCP", start: "DmdT\x00\x00\x00\x17\x00\x00\x00\x01" },
  { probe: "NotesRPC", start: "\x3a\x00\x00\x00\x2f\x00\x00\x00\x02\x00\x00\x40" },
  { probe: "DistCCD", start: "DIST00000001ARGC00000005", later: { at: 64, text: "nmap.c" } },
  { probe: "Radmin", start: "\x01\x00\x00\x00\x01\x00\x00\x00\x08\x08", exact: true },
  { probe: "NessusTPv12", start: "< NTP/1.2 >\n", exact: true },
  { probe: "NessusTPv11", start: "< NTP/1.1 >\n", exact: true },
  { probe: "NessusTPv10", start: "< NTP/1.0 >\n", exact: true },
  { probe: "WMSRequest", start: "\x01\x00\x00\xfd\xce\xfa\x0b\xb0\xa0\x00\x00\x00MMS" },
  {
    probe: "oracle-tns",
    start: "\x00\x5a\x00\x00\x01\x00\x00\x00\x016\x01\x2c",
    later: { at: 58, text: "(CONNECT_DATA=(COMMAND=" },
  },
  { probe: "mydoom", start: "\r\r", exact: true },
  { probe: "WWWOFFLEctrlstat", start: "WWWOFFLE STATUS\r\n", exact: true },
  { probe: "Socks5", start: "\x05\x04\x00\x01\x02\x80\x05\x01\x00\x03\x0agoogle.com" },
  { probe: "Socks4", start: "\x04\x01\x00\x16\x7f\x00\x00\x01root\x00", exact: true },
  {
    probe: "ms-sql-s",
    start: "\x12\x01\x00\x34\x00\x00\x00\x00\x00\x00\x15\x00\x06",
    later: { at: 36, text: "MSSQLServer\x00H\x0f" },
  },
  { probe: "beast2", start: "666", exact: true },
  { probe: "firebird", start: "\x00\x00\x00\x01\x00\x00\x00\x13", later: { at: 52, text: "nmap" } },
  { probe: "ibm-db2-das", start: "\x00\x00\x00\x00DB2DAS      \x01\x04" },
  { probe: "ibm-db2", start: "\x01\xc2\x00\x00\x00\x04\x00\x00\xb6\x01\x00\x00SQLDB2RA" },
  { probe: "afp", start: "\x00\x03\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x0f\x00", exact: true },
  { probe: "ajp", start: "\x12\x34\x00\x01\x0a", exact: true },
  { probe: "hp-pjl", start: "\x1b%-12345X@PJL INFO ID\r\n\x1b%-12345X\r\n", exact: true },
  { probe: "SqueezeCenter_CLI", start: "serverstatus\r\n", exact: true },
  { probe: "dominoconsole", start: "#ST\n", exact: true },
  { probe: "ibm-mqseries", start: "TSH \x00\x00\x00\xec", later: { at: 72, text: "\x51\x00\x04\xb8nmap-probe" } },
  { probe: "gkrellm", start: "gkrellm 0.0.0", exact: true },
  { probe: "metasploit-xmlrpc", start: '<?xml version="1.0" ?><methodCall><methodName>nmap.probe<' },
  { probe: "mongodb", start: "\x41\x00\x00\x00\x3a\x30\x00\x00\xff\xff\xff\xff\xd4\x07" },
  { probe: "couchbase-data", start: "\x80\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\xf0\xd1\x62" },
  { probe: "kumo-server", start: "\x94\x00\xcd\xef\xd1\x61\x91\x03", exact: true },
  { probe: "erlang-node", start: "\x00\x0bn\x00\x00\x00\x00\x01\x04nm@p", exact: true },
  { probe: "tor-versions", start: "\x00\x00\x07\x00\x08\x00\x03\x00\x04\x00\x05\x00\x06", exact: true },
  { probe: "giop", start: "GIOP\x01\x00\x01\x00\x24", later: { at: 28, text: "abcdef" } },
  { probe: "OpenVPN", start: "\x00\x0e87\xa5\x26\x08\xa2\x1b\xa0\xb1" },
  { probe: "pcworx", start: "\x01\x01\x00\x1a\x00\x00\x00\x00\x78\x80\x00\x03\x00\x0cIBETH01N0_M\x00", exact: true },
  { probe: "proconos", start: "\xcc\x01\x00\x0b\x40\x02\x00\x00\x47\xee", exact: true },
  { probe: "mqtt", start: "\x10\x10\x00\x04MQTT\x04\x02\x00\x1e\x00\x04nmap", exact: true },
  { probe: "NoMachine", start: "NXSH-5.6.7\n", exact: true },
  { probe: "JMON", start: "CONNECT01 v09\n", exact: true },
  { probe: "LibreOfficeImpressSCPair", start: "LO_SERVER_CLIENT_PAIR\nNmap\n" },
  { probe: "LSCP", start: "GET SERVER INFO\r\n", exact: true },
];

export const payloadMarks: readonly PayloadMark[] = nmap.map((mark) => ({ scanner: "nmap", ...mark }));
