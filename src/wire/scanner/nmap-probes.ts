import type { PayloadMark } from "./payload-mark.ts";

type Probe = Omit<PayloadMark, "scanner">;

/**
 * All TCP probes of nmap that send bytes, by nmap's name, and which normal clients send the same bytes (`clients`). Source:
 * https://nmap.org/book/vscan-fileformat.html, file nmap-service-probes of nmap 7.93. A probe without `clients` is not sent by
 * normal clients: because it contains nmap's name or an arbitrary number, or for the reason in its comment. Most were tested
 * against a decoy: see `docs/reference/identification.md`.
 */
const probes: readonly Probe[] = [
  {
    probe: "GenericLines",
    start: "\r\n\r\n",
    exact: true,
    clients: "people who press Enter twice, and SIP phones that keep a connection open",
  },
  {
    probe: "GetRequest",
    start: "GET / HTTP/1.0\r\n\r\n",
    exact: true,
    clients: "health checks, and people with nc or telnet",
  },
  {
    probe: "HTTPOptions",
    start: "OPTIONS / HTTP/1.0\r\n\r\n",
    exact: true,
    clients: "health checks of HAProxy (option httpchk)",
  },
  // RTSP clients number their requests with CSeq, and ask for * or a whole URL (RFC 2326).
  { probe: "RTSPRequest", start: "OPTIONS / RTSP/1.0\r\n\r\n", exact: true },
  // The number of the call is fixed, and the program has no such version.
  { probe: "RPCCheck", start: "\x80\x00\x00\x28\x72\xfe\x1d\x13" },
  // The number of the query is fixed; dig chooses it at random, and sets the AD flag.
  {
    probe: "DNSVersionBindReqTCP",
    start: "\x00\x1e\x00\x06\x01\x00\x00\x01",
    later: { at: 14, text: "\x07version\x04bind" },
  },
  { probe: "DNSStatusRequestTCP", start: "\x00\x0c\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00", exact: true },
  { probe: "Hello", start: "EHLO\r\n", exact: true, clients: "people who type it without a name" },
  { probe: "Help", start: "HELP\r\n", exact: true, clients: "people who type it" },
  // The random number is fixed, here and in the three that follow.
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
  // The RDP user is `nmap`.
  {
    probe: "TerminalServerCookie",
    start: "\x03\x00\x00\x2a\x25\xe0",
    later: { at: 11, text: "Cookie: mstshash=nmap\r\n" },
  },
  {
    probe: "TerminalServer",
    start: "\x03\x00\x00\x0b\x06\xe0\x00\x00\x00\x00\x00",
    exact: true,
    clients: "RDP clients of the time before TLS",
  },
  // User and realm are NM.
  { probe: "Kerberos", start: "\x00\x00\x00\x71\x6a\x81\x6e\x30", later: { at: 36, text: "\x1b\x02NM" } },
  // Process and tree are fixed.
  {
    probe: "SMBProgNeg",
    start: "\x00\x00\x00\xa4\xffSMB\x72\x00\x00\x00\x00\x08\x01\x40",
    later: { at: 30, text: "\x40\x06" },
  },
  {
    probe: "X11Probe",
    start: "\x6c\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    exact: true,
    clients: "any X11 client without a cookie",
  },
  { probe: "FourOhFourRequest", start: "GET /nice%20ports%2C/Tri%6Eity.txt%2ebak" },
  {
    probe: "LPDString",
    start: "\x01default\n",
    exact: true,
    clients: "print spoolers that start a queue of the name default",
  },
  // Message number 7 without the messages before it, with a time limit of 100 s.
  {
    probe: "LDAPSearchReq",
    start:
      "\x30\x84\x00\x00\x00\x2d\x02\x01\x07\x63\x84\x00\x00\x00\x24\x04\x00\x0a\x01\x00\x0a\x01\x00\x02\x01\x00\x02\x01\x64\x01\x01\x00\x87\x0bobjectClass\x30\x84\x00\x00\x00\x00",
    exact: true,
  },
  {
    probe: "LDAPBindReq",
    start: "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x02\x04\x00\x80\x00",
    exact: true,
    clients: "any LDAP client that binds anonymously in version 2 (ldapsearch -P 2 -x)",
  },
  { probe: "SIPOptions", start: "OPTIONS sip:nm SIP/2.0\r\n" },
  {
    probe: "LANDesk-RC",
    start: "TNMP\x04\x00\x00\x00TNME\x00\x00\x04\x00",
    exact: true,
    clients: "LANDesk's remote control",
  },
  { probe: "NCP", start: "DmdT\x00\x00\x00\x17\x00\x00\x00\x01", clients: "NetWare clients" },
  { probe: "NotesRPC", start: "\x3a\x00\x00\x00\x2f\x00\x00\x00\x02\x00\x00\x40", clients: "clients of IBM Notes" },
  { probe: "DistCCD", start: "DIST00000001ARGC00000005", later: { at: 64, text: "nmap.c" } },
  { probe: "JavaRMI", start: "JRMI\x00\x02K", exact: true, clients: "any Java program that calls RMI" },
  { probe: "Radmin", start: "\x01\x00\x00\x00\x01\x00\x00\x00\x08\x08", exact: true, clients: "Radmin viewers" },
  { probe: "NessusTPv12", start: "< NTP/1.2 >\n", exact: true, clients: "clients of Nessus 1 and 2" },
  { probe: "NessusTPv11", start: "< NTP/1.1 >\n", exact: true, clients: "clients of Nessus 1 and 2" },
  { probe: "NessusTPv10", start: "< NTP/1.0 >\n", exact: true, clients: "clients of Nessus 1 and 2" },
  // The number of the player is invented.
  {
    probe: "WMSRequest",
    start: "\x01\x00\x00\xfd\xce\xfa\x0b\xb0\xa0\x00\x00\x00MMS\x14",
    later: { at: 93, text: "{\x000\x000\x000\x000\x00A" },
  },
  // Lsnrctl sends its own name before the command.
  {
    probe: "oracle-tns",
    start: "\x00\x5a\x00\x00\x01\x00\x00\x00\x016\x01\x2c",
    later: { at: 58, text: "(CONNECT_DATA=(COMMAND=" },
  },
  { probe: "mydoom", start: "\r\r", exact: true, clients: "terminals in raw mode where Enter is pressed twice" },
  { probe: "WWWOFFLEctrlstat", start: "WWWOFFLE STATUS\r\n", exact: true, clients: "wwwoffle -status" },
  { probe: "Verifier", start: "Subscribe\n", exact: true, clients: "people and programs that send that word" },
  { probe: "VerifierAdvanced", start: "Query\n", exact: true, clients: "people and programs that send that word" },
  // Normal clients wait for the server to choose a method.
  { probe: "Socks5", start: "\x05\x04\x00\x01\x02\x80\x05\x01\x00\x03\x0agoogle.com" },
  {
    probe: "Socks4",
    start: "\x04\x01\x00\x16\x7f\x00\x00\x01root\x00",
    exact: true,
    clients: "clients of root that reach the SSH port of the proxy itself (socat SOCKS4)",
  },
  {
    probe: "OfficeScan",
    start: "GET /?CAVIT HTTP/1.1\r\n\r\n",
    exact: true,
    clients: "servers of Trend Micro OfficeScan",
  },
  // The number of the thread is fixed.
  {
    probe: "ms-sql-s",
    start: "\x12\x01\x00\x34\x00\x00\x00\x00\x00\x00\x15\x00\x06",
    later: { at: 36, text: "MSSQLServer\x00H\x0f" },
  },
  { probe: "HELP4STOMP", start: "HELP\n\n\x00", exact: true },
  { probe: "Memcache", start: "stats\r\n", exact: true, clients: "people and monitoring of memcached" },
  { probe: "beast2", start: "666", exact: true, clients: "people and programs that send that number" },
  { probe: "firebird", start: "\x00\x00\x00\x01\x00\x00\x00\x13", later: { at: 52, text: "nmap" } },
  { probe: "ibm-db2-das", start: "\x00\x00\x00\x00DB2DAS      \x01\x04", clients: "administration tools of IBM DB2" },
  {
    probe: "ibm-db2",
    start: "\x01\xc2\x00\x00\x00\x04\x00\x00\xb6\x01\x00\x00SQLDB2RA",
    clients: "clients of IBM DB2 version 7",
  },
  {
    probe: "pervasive-relational",
    start: "Client string for PARC version 1 Wire Encryption version 1\x00",
    clients: "clients of Pervasive SQL",
  },
  {
    probe: "pervasive-btrieve",
    start: "\x3c\x00\x4b\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff",
    clients: "clients of Pervasive SQL",
  },
  {
    probe: "ajp",
    start: "\x12\x34\x00\x01\x0a",
    exact: true,
    clients: "Apache that checks a worker (ping= of mod_proxy_ajp, mod_jk)",
  },
  {
    probe: "hp-pjl",
    start: "\x1b%-12345X@PJL INFO ID\r\n\x1b%-12345X\r\n",
    exact: true,
    clients: "print servers and drivers that ask a printer for its model",
  },
  {
    probe: "afp",
    start: "\x00\x03\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x0f\x00",
    exact: true,
    clients: "AFP clients that ask for a server's status",
  },
  {
    probe: "SqueezeCenter_CLI",
    start: "serverstatus\r\n",
    exact: true,
    clients: "controllers of Logitech Media Server",
  },
  // It requests the files of a backdoor.
  { probe: "Arucer", start: "\xc2\xe5\xe5\xe5\x9e\xa0\xd7\xa4" },
  { probe: "dominoconsole", start: "#ST\n", exact: true, clients: "consoles of IBM Domino" },
  { probe: "informix", start: "\x00\x94\x01\x3c\x00\x00\x00\x64\x00\x65", later: { at: 81, text: "nmap" } },
  // Normal clients fill in these fields.
  { probe: "drda", start: "\x00\x32\xd0\x01\x00\x01\x00\x2c\x10\x41\x00\x04\x11\x5e\x00\x04\x11\x6d\x00\x04\x11\x5a" },
  { probe: "ibm-mqseries", start: "TSH \x00\x00\x00\xec", later: { at: 72, text: "\x51\x00\x04\xb8nmap-probe" } },
  // IPhoto sends a Host header.
  {
    probe: "apple-iphoto",
    start:
      "GET /server-info HTTP/1.1\r\nClient-DPAP-Version: 1.1\r\nUser-Agent: iPhoto/9.1.1  (Macintosh; N; PPC)\r\n\r\n",
    exact: true,
  },
  {
    probe: "ZendJavaBridge",
    start: "\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x0cGetClassName",
    clients: "PHP with Zend's Java bridge",
  },
  // Gkrellm sends its own version.
  { probe: "gkrellm", start: "gkrellm 0.0.0", exact: true },
  { probe: "metasploit-xmlrpc", start: '<?xml version="1.0" ?><methodCall><methodName>nmap.probe<' },
  // The numbers of request and answer are fixed.
  { probe: "mongodb", start: "\x41\x00\x00\x00\x3a\x30\x00\x00\xff\xff\xff\xff\xd4\x07" },
  {
    probe: "redis-server",
    start: "*1\r\n$4\r\ninfo\r\n",
    exact: true,
    clients: "Redis clients and monitoring (redis-cli info)",
  },
  { probe: "riak-pbc", start: "\x00\x00\x00\x01\x07", exact: true, clients: "clients of Riak" },
  { probe: "tarantool", start: "show info\r\n", exact: true, clients: "people at Tarantool's console" },
  // The number of the request is fixed.
  { probe: "couchbase-data", start: "\x80\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\xf0\xd1\x62" },
  { probe: "epmd", start: "\x00\x01n", exact: true, clients: "any Erlang program that asks for names (epmd -names)" },
  { probe: "vp3", start: "vp3", exact: true, clients: "people and programs that send that word" },
  // The number of the request is fixed.
  { probe: "kumo-server", start: "\x94\x00\xcd\xef\xd1\x61\x91\x03", exact: true },
  {
    probe: "metasploit-msgrpc",
    start: "GET /api HTTP/1.0\r\n\r\n",
    exact: true,
    clients: "health checks, and people with nc or telnet",
  },
  {
    probe: "hazelcast-http",
    start: "GET /hazelcast/rest/cluster HTTP/1.0\r\n\r\n\r\n",
    exact: true,
    clients: "health checks, and people with nc or telnet",
  },
  { probe: "minecraft-ping", start: "\xfe\x01", exact: true, clients: "Minecraft clients of versions 1.4 to 1.6" },
  { probe: "erlang-node", start: "\x00\x0bn\x00\x00\x00\x00\x01\x04nm@p", exact: true },
  { probe: "teamspeak-tcpquery-ver", start: "ver\r\n", exact: true, clients: "people at TeamSpeak's console" },
  {
    probe: "xmlsysd",
    start: "init\noff all\non identity version\nsend\nquit\n",
    exact: true,
    clients: "clients of xmlsysd",
  },
  {
    probe: "docker",
    start: "GET /version HTTP/1.1\r\n\r\n",
    exact: true,
    clients: "health checks, and people with nc or telnet",
  },
  // Tor sends that only inside TLS.
  { probe: "tor-versions", start: "\x00\x00\x07\x00\x08\x00\x03\x00\x04\x00\x05\x00\x06", exact: true },
  // OPEN FAKE in EBCDIC.
  { probe: "NJE", start: "\xd6\xd7\xc5\xd5\x40\x40\x40\x40\xc6\xc1\xd2\xc5\x40\x40\x40\x40" },
  // Normal terminals wait for the server's requests.
  {
    probe: "tn3270",
    start: "\xff\xfb\x18\xff\xfa\x18\x00IBM-3279-4-E\xff\xf0\xff\xfb\x19\xff\xfd\x19\xff\xfb\x00\xff\xfd\x00",
    exact: true,
  },
  { probe: "giop", start: "GIOP\x01\x00\x01\x00\x24", later: { at: 28, text: "abcdef" } },
  // The number of the session is fixed.
  { probe: "OpenVPN", start: "\x00\x0e87\xa5\x26\x08\xa2\x1b\xa0\xb1" },
  {
    probe: "pcworx",
    start: "\x01\x01\x00\x1a\x00\x00\x00\x00\x78\x80\x00\x03\x00\x0cIBETH01N0_M\x00",
    exact: true,
    clients: "PC Worx of Phoenix Contact",
  },
  {
    probe: "proconos",
    start: "\xcc\x01\x00\x0b\x40\x02\x00\x00\x47\xee",
    exact: true,
    clients: "engineering tools for ProConOS",
  },
  // Normal stations and workbenches send further lines about themselves.
  { probe: "niagara-fox", start: "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n", exact: true },
  { probe: "mqtt", start: "\x10\x10\x00\x04MQTT\x04\x02\x00\x1e\x00\x04nmap", exact: true },
  // Iperf3 uses other characters in its cookie.
  { probe: "iperf3", start: "0000000000000000000000000000000000000\x00\x00\x00\x00", exact: true },
  { probe: "VersionRequest", start: "VERSION", exact: true, clients: "people and programs that send that word" },
  { probe: "NoMachine", start: "NXSH-5.6.7\n", exact: true, clients: "NoMachine of that version" },
  { probe: "JMON", start: "CONNECT01 v09\n", exact: true, clients: "clients of that product" },
  { probe: "LibreOfficeImpressSCPair", start: "LO_SERVER_CLIENT_PAIR\nNmap\n" },
  { probe: "LSCP", start: "GET SERVER INFO\r\n", exact: true, clients: "clients of LinuxSampler" },
  { probe: "rotctl", start: "get_info\n", exact: true, clients: "clients of Hamlib's rotctld and rigctld" },
  {
    probe: "SharpTV",
    start: "TVNM1   \rMNRD1   \rSWVN1   \rIPPV1   \r",
    exact: true,
    clients: "remote controls of Sharp televisions",
  },
  {
    probe: "adbConnect",
    start: "CNXN\x00\x00\x00\x01\x00\x10\x00\x00\x07\x00\x00\x00\x32\x02\x00\x00\xbc\xb1\xa7\xb1host::\x00",
    exact: true,
    clients: "adb of older versions",
  },
  { probe: "piholeVersion", start: ">version\n", exact: true, clients: "tools for Pi-hole" },
  { probe: "teamtalk-login", start: "login\n", exact: true, clients: "people and programs that send that word" },
  {
    probe: "insteonPLM",
    start: "\x02\x60",
    exact: true,
    clients: "home automation that asks an Insteon modem for its name",
  },
];

export const nmapProbes: readonly PayloadMark[] = probes.map((probe) => ({ scanner: "nmap", ...probe }));
