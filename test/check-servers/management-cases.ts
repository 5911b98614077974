import type { HttpCase, HttpCases } from "./http-case.ts";

/** Management pages: the content of their login pages and consoles, and pages that only resemble them. */
const form = '<form><input name="user"><input name="p" type="password"></form>';
const page = (title: string, body: string, more: Partial<HttpCase> = {}): HttpCase => ({
  status: 200,
  headers: { "Content-Type": "text/html" },
  body: `<!doctype html><html><head><title>${title}</title></head><body>${body}</body></html>`,
  ...more,
});
const logout = '<a href="/logout">Log out</a><h1>Dashboard</h1>';
const redirect = (location: string): HttpCase => ({
  title: `a redirect to ${location}`,
  status: 302,
  headers: { Location: location },
});
const challenge = (realm: string): HttpCase => ({
  title: realm,
  status: 401,
  headers: { "WWW-Authenticate": `Basic realm="${realm}"` },
});

/** Answers that any product may give. */
const anybodys: readonly HttpCase[] = [
  page("Sign in", form, { title: "a login page of something else" }),
  page("Home", logout, { title: "an open console of something else" }),
  { ...challenge("x"), title: "an unknown Basic challenge" },
  { title: "403", status: 403, body: "Forbidden" },
  redirect("/login?next=/IDSWebApp/&back=/system/console/&to=/screens/wms/"),
];

/** A page of scripts that offers to log out, and to log in. */
const script = '<script>const views = ["login", "logout"]</script><a href="#logout">Log out</a>';

export const managementCases: Readonly<Record<string, HttpCases>> = {
  arubaos: {
    exposed: [page("ArubaOS", `<img src="/images/arubalogo.gif">${logout}`)],
    protected: [
      {
        ...page("Login", `<img src="/images/arubalogo.gif"><form action="/screens/wms/wms.login">${form}</form>`),
        status: 401,
      },
      redirect("https://10.0.0.1:4343/screens/wms/wms.login"),
    ],
    inconclusive: [...anybodys, page("Aruba Networks", script, { title: "a page made by scripts" })],
  },
  ciscowlc: {
    exposed: [
      page("Cisco", '<frameset><frame src="/screens/banner.html"><frame src="/screens/dashboard.html"></frameset>', {
        path: "/screens/frameset.html",
      }),
    ],
    protected: [
      page("Cisco Systems Login", '<input type="button" name="bSubmit" value="Login">'),
      page("Cisco", `by Cisco Systems, Inc. <link href="/webui/login/style.css">${form}`, { title: "IOS XE" }),
    ],
    inconclusive: [...anybodys, page("Cisco Wireless Controller", script, { title: "a page made by scripts" })],
  },
  fsnsg: {
    exposed: [page("NSG-5220", logout)],
    protected: [page("FS NSG-3100 Firewall", form)],
    inconclusive: [...anybodys, page("FS NSG-3100 Firewall", script, { title: "a page made by scripts" })],
  },
  ibmwat: {
    exposed: [page("IBM Directory Server Web Administration Tool", logout)],
    protected: [
      page("IBM Security Directory Server Web Administration Tool", form),
      redirect("/IDSWebApp/IDSjsp/Login.jsp;jsessionid=1"),
    ],
    inconclusive: anybodys,
  },
  "karaf-web": {
    exposed: [
      {
        status: 200,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          status: "Bundle information: 1 bundle in total",
          s: [1, 1, 0, 0, 0],
          data: [{ id: 0, name: "System Bundle", state: "Active", symbolicName: "org.apache.felix.framework" }],
        }),
      },
    ],
    protected: [challenge("karaf"), challenge("OSGi Management Console"), redirect("/system/console/login")],
    inconclusive: anybodys,
  },
  jmeter: {
    exposed: [
      {
        status: 500,
        body: "java.net.UnknownHostException: harbinger.invalid\n\tat java.base/java.net.Socket.connect\n\tat org.apache.jmeter.protocol.http.sampler.HTTPHC4Impl.sample(HTTPHC4Impl.java:1)\n\tat org.apache.jmeter.protocol.http.proxy.Proxy.run(Proxy.java:1)\n",
      },
    ],
    protected: [{ status: 403, headers: { Server: "Java Proxy Server" }, body: "Forbidden" }],
    inconclusive: [
      ...anybodys,
      { title: "its name alone", status: 504, headers: { Server: "Java Proxy Server" }, body: "" },
      page("Wiki", "at org.apache.jmeter.protocol.http.proxy.Proxy.run", { title: "a page about it" }),
    ],
  },
  "sophos-utm": {
    exposed: [page("Sophos UTM 9", logout)],
    protected: [page("WebAdmin", `<script src="/wfe/asg/js/login.js"></script>${form}`)],
    inconclusive: [
      ...anybodys,
      page("WebAdmin - User Interface Page", form, { title: "another WebAdmin" }),
      page("Sophos UTM 9", script, { title: "a page made by scripts" }),
    ],
  },
};
