/** A path of a site that nginx serves over HTTPS, as docs/guide/web.md sets it up. */
import assert from "node:assert/strict";
import https from "node:https";
import { after, before, describe, test } from "node:test";
import { CertificateWorkshop, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { type Nginx, startNginx, whyNoNginx } from "../harness/nginx.ts";
import { AttackedWeb, password, readToken } from "./attacked-web.ts";

describe("behind nginx, which serves HTTPS", { skip: whyNoNginx() ?? whyNoOpenssl() }, () => {
  const workshop = new CertificateWorkshop();
  let web!: AttackedWeb;
  let nginx!: Nginx;
  before(async () => {
    web = await AttackedWeb.start({ base_path: "/harbinger", trusted_proxies: ["127.0.0.1"] });
    const location = `location /harbinger/ {
      proxy_pass http://127.0.0.1:${web.port};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_buffering off;
      proxy_read_timeout 1h;
    }`;
    nginx = await startNginx(workshop.issue(), "127.0.0.1", location);
  });
  after(async () => {
    await nginx[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    workshop[Symbol.dispose]();
  });

  interface Request {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: object;
    readonly from?: string;
    /** Resolves with the first bytes of an answer that does not end. */
    readonly isStream?: boolean;
  }

  const site = () => `harbinger.example:${nginx.tlsPort}`;

  function ask({ method = "GET", path, headers, body, from, isStream }: Request) {
    return new Promise<{ readonly status: number | undefined; readonly cookie: string; readonly text: string }>(
      (resolve, reject) => {
        const request = https.request(
          {
            ...{ host: "127.0.0.1", port: nginx.tlsPort, method, path, localAddress: from, agent: false },
            rejectUnauthorized: false,
            headers: {
              Host: site(),
              ...(body === undefined ? {} : { "Content-Type": "application/json" }),
              ...headers,
            },
          },
          (response) => {
            let text = "";
            const finish = () => {
              resolve({ status: response.statusCode, cookie: response.headers["set-cookie"]?.[0] ?? "", text });
              request.destroy();
            };
            response.on("error", () => undefined);
            response.setEncoding("utf8").on("data", (piece: string) => {
              text += piece;
              if (isStream === true) finish();
            });
            response.once("end", finish);
          },
        );
        request.once("error", reject);
        request.end(body === undefined ? undefined : JSON.stringify(body));
      },
    );
  }

  const login = (typed: string, more: Partial<Request> = {}) =>
    ask({ method: "POST", path: "/harbinger/api/v1/session", body: { name: "ann", password: typed }, ...more });

  test("a login sets a cookie for this path and HTTPS only, and is used", async () => {
    const { status, cookie } = await login(password, { headers: { Origin: `https://${site()}` } });
    assert.equal(status, 200);
    assert.match(cookie, /^__Secure-harbinger-session=/);
    assert.match(cookie, /; Path=\/harbinger/);
    assert.match(cookie, /; Secure/);
    const headers = { Cookie: cookie.split(";")[0] ?? "" };
    assert.equal((await ask({ path: "/harbinger/api/v1/health", headers })).status, 200);
    const logout = (origin: string) =>
      ask({ method: "DELETE", path: "/harbinger/api/v1/session", headers: { ...headers, Origin: origin } });
    assert.equal((await logout("https://evil.example")).status, 403);
    assert.equal((await logout(`https://${site()}`)).status, 204);
    assert.equal((await ask({ path: "/harbinger/api/v1/health", headers })).status, 401);
  });

  test("only this path and this name reach it", async () => {
    const headers = { Authorization: `Bearer ${readToken}` };
    assert.equal((await ask({ path: "/harbinger/healthz" })).status, 200);
    assert.equal((await ask({ path: "/healthz" })).status, 404, "a page of nginx");
    assert.equal((await ask({ path: "/harbinger/api/v1/connections", headers })).status, 200);
    assert.equal((await web.ask("GET /api/v1/connections", { ...headers, Host: "harbinger.example" })).status, 404);
    const elsewhere = { ...headers, Host: "evil.example" };
    assert.equal((await ask({ path: "/harbinger/api/v1/connections", headers: elsewhere })).status, 421);
  });

  test("failed logins are counted by the address of the client, whatever it claims", async () => {
    const statuses = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const headers = { "X-Forwarded-For": `203.0.113.${attempt}` };
      statuses.push((await login("wrong", { from: "127.0.5.1", headers })).status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
    assert.equal((await login("wrong", { from: "127.0.5.2" })).status, 401);
  });

  test("events pass at once", async () => {
    const headers = { Authorization: `Bearer ${readToken}` };
    const { status, text } = await ask({ path: "/harbinger/api/v1/events", headers, isStream: true });
    assert.equal(status, 200);
    assert.notEqual(text, "");
  });
});
