import type { EntryRequest, HttpEntry, HttpProof } from "./entry.ts";
import { httpEntry } from "./http-entry.ts";

/**
 * Web management pages of network devices and servers. None has a documented page without authentication, so a product is
 * recognised by words of its pages, and a page is `exposed` only where it contains them, offers to log out, and does not
 * mention a login. Without proof of the product the verdict is inconclusive.
 */
export const managementEntries: readonly HttpEntry[] = [
  httpEntry("arubaos", "ArubaOS controller", [4343], {
    path: "/",
    ...managementPage(
      { body: /\/images\/arubalogo\.gif|\/screens\/wms\/wms\.login|\/arubaui\// },
      { body: titleWith("Aruba(?:OS| ?Networks| Mobility)") },
      { header: ["location", pathOfRedirect("/screens/(?:wms|switch|cmnutil)/|/arubaui/")] },
    ),
  }),
  httpEntry(
    "ciscowlc",
    "Cisco wireless controller",
    [1025],
    {
      path: "/",
      ...managementPage(
        { body: titleWith("(?:Cisco Systems Login|Cisco[^<]{0,40}Wireless (?:LAN )?Controller)") },
        { body: [/\/webui\/(?:login|assets)\b/, /Cisco/] },
        { header: ["location", pathOfRedirect("/webui/login")] },
      ),
      // The front page has no password field: a button leads to a page with HTTP authentication.
      isProtected: { body: titleWith("Cisco Systems Login") },
    },
    {
      path: "/screens/frameset.html",
      shows: "shows its management frames",
      isProduct: [{ body: [/<i?frame\b[^<>]{0,300}\/screens\//i, /Cisco/] }],
      exposed: { body: [/<frameset\b/i, titleWith("Cisco")], without: loginWords() },
    },
  ),
  httpEntry("fsnsg", "FS NSG firewall", [8181, 44433], {
    path: "/",
    ...managementPage(
      { body: titleWith("NSG[- ]?(?:\\d{3,5}|Series)") },
      { body: titleWith("FS(?:\\.COM)?\\b[^<]{0,40}(?:Firewall|Security Gateway)") },
      { body: [/\bNSG-\d{3,5}\b/, /\bFS(?:\.COM\b| NSG\b)/i] },
    ),
  }),
  httpEntry("ibmwat", "IBM Web Administration Tool", [12104, 12105, 12100, 12101], {
    path: "/IDSWebApp/IDSjsp/Login.jsp",
    ...managementPage(
      { body: /\b(?:IBM|Tivoli|Directory Server)\b[^<]{0,60}\bWeb Administration Tool\b/ },
      { header: ["location", pathOfRedirect("/IDSWebApp/")] },
    ),
  }),
  httpEntry("karaf-web", "Apache Karaf console (web)", [8181], {
    path: "/system/console/bundles.json",
    shows: "lists its bundles",
    exposed: { json: ["s", "data.0.symbolicName", "data.0.state"] },
    isProduct: [
      { json: ["s", "data.0.symbolicName"] },
      { header: ["www-authenticate", /\brealm="?(?:karaf|OSGi Management Console)\b/i] },
      { header: ["location", pathOfRedirect("/system/console/")] },
      { body: titleWith("Apache (?:Karaf|Felix) Web Console") },
    ],
  }),
  httpEntry("jmeter", "JMeter HTTP test script recorder", [8888], {
    path: "/",
    // A proxy: this name never exists (RFC 6761, 6.4), so the request reaches no server, and not the proxy itself again.
    headers: { Host: "harbinger.invalid" },
    shows: "accepts requests as a proxy",
    isProduct: [{ header: ["server", /^Java Proxy Server$/] }, { body: /\borg\.apache\.jmeter\.protocol\.http\./ }],
    // It has no login; a stack trace with its classes proves it.
    exposed: {
      status: "any",
      body: [
        /^\s*java\.[\w.$]{1,100}(?:Exception|Error)\b/,
        /\borg\.apache\.jmeter\.protocol\.http\.(?:proxy|sampler)\b/,
      ],
    },
  }),
  httpEntry("sophos-utm", "Sophos UTM WebAdmin", [4444], {
    path: "/",
    ...managementPage(
      { body: titleWith("(?:Sophos UTM|Astaro Security Gateway)") },
      { body: [titleWith("WebAdmin"), /\b(?:Sophos|Astaro)\b|\/wfe\/asg\//] },
    ),
  }),
];

/** A product that is recognised by `signs`; its page is exposed where it offers to log out and does not mention a login. */
function managementPage(...signs: readonly HttpProof[]): Pick<EntryRequest, "shows" | "isProduct" | "exposed"> {
  return {
    shows: "shows its management page",
    isProduct: signs,
    exposed: {
      body: /<a\b[^<>]{0,300}\blog-?(?:out|off)\b|>\s{0,20}(?:Log ?out|Log ?off|Sign ?out)\s{0,20}</i,
      without: loginWords(),
    },
  };
}

/** Words of a page before the login. */
function loginWords(): RegExp {
  return /log[-_ ]?in\b|log[-_ ]?on\b|sign[-_ ]?in\b|password|passwd|user[-_ ]?name/i;
}

function titleWith(words: string): RegExp {
  return new RegExp(`<title[^<>]{0,100}>[^<]{0,200}\\b${words}\\b`, "i");
}

/** The path without the query, in which a server may repeat the request. */
function pathOfRedirect(paths: string): RegExp {
  return new RegExp(`^(?:https?://[^/?#]{1,255})?(?:${paths})`, "i");
}
