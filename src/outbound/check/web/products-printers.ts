import type { WebProduct } from "./web-product.ts";

/** Printers by their embedded web servers. A Server header shows the firmware. */
export const printerProducts: readonly WebProduct[] = [
  {
    name: "CUPS",
    signs: [{ header: ["server", "CUPS/"] }, { title: "* - CUPS *" }],
    version: [
      { title: true, after: " - CUPS " },
      { header: "server", after: "CUPS/" },
    ],
    source: "https://www.cups.org/doc/man-cupsd.conf.html: ServerTokens",
  },
  {
    name: "HP",
    signs: [
      { header: ["server", "HP HTTP Server;"] },
      { header: ["server", "HP-ChaiSOE/"] },
      { header: ["server", "HP-ChaiServer/"] },
      { title: "HP LaserJet*" },
      { title: "HP Color LaserJet*" },
      { title: "HP OfficeJet*" },
    ],
    model: [
      { header: "server", after: "HP HTTP Server; ", to: " - " },
      { title: true, after: "HP ", to: "   " },
      { title: true, after: "HP ", to: "" },
    ],
    source: "https://nmap.org/book/vscan-fileformat.html; Server header of HP embedded web servers",
  },
  {
    name: "Brother",
    signs: [
      { header: ["server", "debut/"], title: "Brother *" },
      { title: "Brother HL-*" },
      { title: "Brother DCP-*" },
      { title: "Brother MFC-*" },
    ],
    model: [{ title: true, after: "Brother ", to: "" }],
    source: "https://support.brother.com: Web Based Management",
  },
  {
    name: "Canon",
    signs: [{ header: ["server", "CANON HTTP Server"] }, { header: ["server", "KS_HTTP/"], body: ["Canon"] }],
    source: "https://oip.manual.canon: Remote UI",
  },
  {
    name: "Epson",
    signs: [
      { header: ["server", "EPSON_Linux"] },
      { header: ["server", "EPSON HTTP Server"] },
      { header: ["server", "EPSON-HTTP/"] },
    ],
    model: [{ title: true, after: "EPSON ", to: "" }],
    source: "https://files.support.epson.com: Web Config",
  },
  {
    name: "Kyocera",
    signs: [{ header: ["server", "KM-MFP-http/"] }],
    source: "https://www.kyoceradocumentsolutions.com: Command Center RX",
  },
  {
    name: "Lexmark",
    signs: [{ header: ["server", "Lexmark_Web_Server"] }, { title: "Lexmark *" }],
    model: [{ title: true, after: "Lexmark ", to: "" }],
    source: "https://publications.lexmark.com: Embedded Web Server",
  },
  {
    name: "Xerox",
    signs: [{ header: ["server", "Xerox_MicroServer"] }, { title: "XEROX WORKCENTRE*" }, { title: "Xerox® *" }],
    source: "https://www.xerox.com: CentreWare Internet Services",
  },
  {
    name: "Ricoh",
    signs: [{ title: "Web Image Monitor", header: ["server", "Web-Server/"] }],
    source: "https://support.ricoh.com: Web Image Monitor",
  },
  { name: "Samsung SyncThru", signs: [{ title: "SyncThru Web Service" }], source: "https://www.samsung.com: SyncThru" },
  {
    name: "Konica Minolta",
    signs: [{ title: "KONICA MINOLTA*" }, { title: "PageScope Web Connection*" }],
    source: "https://www.konicaminolta.com: PageScope Web Connection",
  },
  {
    name: "OKI",
    signs: [{ header: ["server", "OKI_Printer"] }, { header: ["server", "OKIDATA-HTTPD/"] }],
    source: "https://www.oki.com",
  },
];
