/**
 * Texts by which scanners identify themselves, in lower case, and where they are documented. Tools for manual use (curl, wget)
 * and libraries (python-requests, Go-http-client) are not scanners: their user agent is shown anyway.
 */
export interface TextMark {
  readonly scanner: string;
  readonly text: string;
}

/** Parts of a User-Agent header. */
export const userAgentMarks: readonly TextMark[] = [
  { scanner: "nmap", text: "nmap scripting engine" }, // nselib/http.lua; https://nmap.org/book/nse.html
  { scanner: "masscan", text: "masscan" }, // https://github.com/robertdavidgraham/masscan, also ivre-masscan
  { scanner: "zgrab", text: "zgrab" }, // https://github.com/zmap/zgrab2, modules/http: "Mozilla/5.0 zgrab/0.x"
  { scanner: "zmap", text: "zmap" }, // https://zmap.io
  { scanner: "censys", text: "censysinspect" }, // https://support.censys.io, "HTTP header from Censys"
  { scanner: "censys", text: "about.censys.io" }, // the same header
  { scanner: "shodan", text: "shodan" }, // https://www.shodan.io
  { scanner: "nuclei", text: "nuclei" }, // https://github.com/projectdiscovery/nuclei
  { scanner: "httpx", text: "projectdiscovery/httpx" }, // https://github.com/projectdiscovery/httpx
  { scanner: "sqlmap", text: "sqlmap" }, // https://sqlmap.org
  { scanner: "nikto", text: "nikto" }, // https://github.com/sullo/nikto
  { scanner: "gobuster", text: "gobuster" }, // https://github.com/OJ/gobuster
  { scanner: "feroxbuster", text: "feroxbuster" }, // https://github.com/epi052/feroxbuster
  { scanner: "dirbuster", text: "dirbuster" }, // https://wiki.owasp.org/index.php/Category:OWASP_DirBuster_Project
  { scanner: "ffuf", text: "fuzz faster u fool" }, // https://github.com/ffuf/ffuf
  { scanner: "wfuzz", text: "wfuzz" }, // https://github.com/xmendez/wfuzz
  { scanner: "wpscan", text: "wpscan" }, // https://wpscan.com
  { scanner: "whatweb", text: "whatweb" }, // https://github.com/urbanadventurer/WhatWeb
  { scanner: "expanse", text: "expanse, a palo alto networks company" }, // https://expanse.co
  { scanner: "expanse", text: "hello from palo alto networks" }, // Cortex Xpanse, https://docs-cortex.paloaltonetworks.com
  { scanner: "internet-measurement", text: "internetmeasurement" }, // https://internet-measurement.com
  { scanner: "leakix", text: "leakix" }, // https://leakix.net
  { scanner: "leakix", text: "l9explore" }, // https://github.com/LeakIX/l9explore
  { scanner: "leakix", text: "l9tcpid" }, // https://github.com/LeakIX/l9tcpid
  { scanner: "binaryedge", text: "binaryedge" }, // https://www.binaryedge.io
  { scanner: "onyphe", text: "onyphe" }, // https://www.onyphe.io
  { scanner: "netsystemsresearch", text: "netsystemsresearch" }, // https://www.netsystemsresearch.com
  { scanner: "modat", text: "modat" }, // https://www.modat.io
  { scanner: "odin", text: "getodin.com" }, // https://getodin.com
  { scanner: "zoomeye", text: "zoomeye" }, // https://www.zoomeye.org
  { scanner: "fofa", text: "fofa" }, // https://fofa.info
  { scanner: "nessus", text: "nessus" }, // https://www.tenable.com
  { scanner: "openvas", text: "openvas" }, // https://www.openvas.org
  { scanner: "qualys", text: "qualys" }, // https://www.qualys.com
  { scanner: "acunetix", text: "acunetix" }, // https://www.acunetix.com
  { scanner: "zmeu", text: "zmeu" }, // a scanner for phpMyAdmin
];

/** Parts of an HTTP request target. */
export const pathMarks: readonly TextMark[] = [
  { scanner: "nmap", text: "/nice%20ports%2c/tri%6eity.txt%2ebak" }, // nmap-service-probes, FourOhFourRequest
  { scanner: "nmap", text: "/nmaplowercheck" }, // nselib/http.lua, identify_404
  { scanner: "nmap", text: "/nmapuppercheck" }, // the same
  { scanner: "nmap", text: "/nmap/folder/check" }, // the same
];

/** Parts of an SSH identification line. */
export const sshMarks: readonly TextMark[] = [
  { scanner: "nmap", text: "nmap" }, // scripts ssh-hostkey and sshv1: "SSH-2.0-Nmap-SSH2-Hostkey", "SSH-1.5-NmapNSE_1.0"
  { scanner: "zgrab", text: "zgrab" }, // https://github.com/zmap/zgrab2, modules/ssh
];

/** User names in the cookie of RDP, as a whole. */
export const rdpCookieMarks: readonly TextMark[] = [
  { scanner: "nmap", text: "nmap" }, // nmap-service-probes, TerminalServerCookie; nselib/rdp.lua
];

/** Client GUIDs of SMB 2. */
export const smbGuidMarks: readonly TextMark[] = [
  { scanner: "nmap", text: "34333231-3635-3837-3930-313233343536" }, // nselib/smb2.lua: the bytes "1234567890123456"
];
