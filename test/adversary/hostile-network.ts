/**
 * A running program that hostile texts have reached on every way by which text of strangers comes in: payloads, banners, titles, certificates,
 * reverse DNS, imported names of devices; and texts of its owner that are as strange: labels, and names given over the API.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import { DnsServer, names as dnsNames } from "../enrich/dns-server.ts";
import { type CliResult, harbinger, type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { HttpServer } from "../harness/http-server.ts";
import { MailServer } from "../harness/smtp-server.ts";
import { cheapHash } from "../web/attacked-web.ts";
import { until } from "../web/running-web.ts";

const markup =
  "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>&lt;b&gt;</title></textarea>";

/** Each has a word by which it is found again. */
export const hostileTexts = {
  markup: `mark-html ${markup}`,
  attribute: `mark-attribute" onmouseover="alert(4)" style="position:fixed`,
  link: "javascript:alert(5)//mark-link",
  template: "{{7*7}}$(7*7)<%= 7*7 %>#{7*7}mark-template",
  escape:
    "mark-escape\u001b[31m\u001b]0;title\u0007\u001b]52;c;aGFjaw==\u0007\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007\u009b2J\b\b\u007f",
  bidirectional: "mark-bidi\u202egnp.exe\u2066\u200f\u061c",
  long: `mark-long${"A".repeat(64 * 1024)}`,
  zero: "mark-zero\0after",
  formula: "=cmd|'/c calc'!A1mark-formula",
  at: "@SUM(1+1)mark-at",
  plus: "+1+1|mark-plus",
  minus: "-1-1|mark-minus",
  tab: "\t=1+1mark-tab",
  quoted: '";=1+1;"\u2028=1+1mark-quoted,"',
  header: "mark-header\r\nBcc: victim@evil.example\r\nContent-Type: text/html\r\n\r\n<script>alert(6)</script>",
  invisible: "mark-invisible\u200b\u200d\ufeff\u2060\u00ad\u{e0041}",
  separators: "mark-separators\u2028\u2029\u0085",
  entry: '2026-01-01 ERROR mark-entry\n{"level":60,"msg":"forged"}\nharbinger_up 0',
} as const;

/** As they are sent in bytes; the last one is no UTF-8. */
const hostileBytes: readonly Buffer[] = [
  ...Object.values(hostileTexts).map((text) => Buffer.from(text)),
  Buffer.concat([Buffer.from("mark-bytes"), Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf5, 0x80])]),
];

/** Characters that never reach a terminal, a log, or the text of a message: all that is not shown, and what reorders. */
export const unsafeCharacters = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

const operateToken = "operate-0123456789abcdefghij";
const decoyPeers = 4;

/** One line, as names in DNS and in certificates have. */
const oneLine = (text: string) => text.slice(0, 60).replaceAll(/[\0\r\n./]/g, "_");

export class HostileNetwork implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly folder = this.#stack.use(temporaryFolder()).path;
  readonly ports: number[] = [];
  mail!: MailServer;
  hook!: HttpServer;
  dns!: DnsServer;
  webPort = 0;
  decoy = 0;
  #running!: RunningCli;

  static async start(): Promise<HostileNetwork> {
    const one = new HostileNetwork();
    try {
      await one.#start();
    } catch (error) {
      await one[Symbol.asyncDispose]();
      throw error;
    }
    return one;
  }

  get base(): string {
    return `http://127.0.0.1:${this.webPort}/`;
  }

  command(...args: readonly string[]): Promise<CliResult> {
    return harbinger(args, { directory: this.folder });
  }

  /** Of the API, with the right to operate. */
  async get(place: string): Promise<Response> {
    return await fetch(`${this.base}${place}`, { headers: { authorization: `Bearer ${operateToken}` } });
  }

  async rows(list: string): Promise<readonly Record<string, unknown>[]> {
    const answer = await this.get(`api/v1/${list}`);
    if (answer.status !== 200) throw new Error(`${list}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { readonly rows: readonly Record<string, unknown>[] }).rows;
  }

  async change(method: string, place: string, body: object): Promise<Response> {
    return await fetch(`${this.base}${place}`, {
      method,
      headers: { authorization: `Bearer ${operateToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** Ends the program. @returns everything that it wrote */
  async stop(): Promise<CliResult> {
    this.#running.process.kill("SIGTERM");
    return await this.#running.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #start(): Promise<void> {
    this.mail = this.#stack.use(await MailServer.start());
    this.hook = this.#stack.use(await HttpServer.start());
    const ptr = Object.values(hostileTexts).map(oneLine);
    let asked = 0;
    this.dns = this.#stack.use(
      await DnsServer.start(({ type }) => (type === "PTR" ? dnsNames(ptr[asked++ % ptr.length] ?? "") : dnsNames())),
    );
    await this.#serve();
    this.webPort = await freePort();
    this.decoy = await freePort();
    const { markup: label, attribute, formula, template, link } = hostileTexts;
    writeFileSync(
      path.join(this.folder, "harbinger.yaml"),
      JSON.stringify({
        email: {
          smtp_server: "127.0.0.1",
          smtp_port: this.mail.port,
          tls: "none",
          from_address: "harbinger@example.org",
        },
        notify: { webhooks: { hook: { url: `${this.hook.url}/hook` } } },
        reports: { save_to_file: true, json: true },
        alerts: { email: "ops@example.org", notify: ["hook"], cooldown: "0s", ignore: { loopback: false } },
        enrich: { rdns: { servers: [this.dns.endpoint] }, geoip: { country_data: false } },
        logging: { connections: "connections.jsonl" },
        web: {
          tokens: { all: { token: operateToken, role: "operate" } },
          users: { ann: { password: cheapHash(), role: "operate" } },
        },
        watches: {
          hostile: {
            targets: ["127.0.0.1"],
            // Where all ports are open, they are one finding.
            ports: [1, ...this.ports],
            label: `${label} ${attribute}`,
            port_label: `${formula} ${template} ${link}`,
            checks: ["service", "http", "tls", "cert"],
            email: "ops@example.org",
            notify: ["hook"],
            devices: false,
          },
        },
        listeners: { decoy: { ports: [this.decoy], host: "127.0.0.1" } },
      }),
    );
    await this.#importDevices();
    this.#running = startHarbinger(["run"], {
      directory: this.folder,
      environment: { HARBINGER_WEB_LISTEN: `127.0.0.1:${this.webPort}` },
    });
    this.#stack.defer(async () => void (await this.stop()));
    await this.#running.waitForOutput("serving the pages");
    await this.#running.waitForOutput("listening");
    await this.#connect();
    await until("all connections", async () => (await this.rows("connections?limit=1000")).length >= this.sent);
    await until("the report and the alerts", async () => {
      const deliveries = await this.rows("deliveries?limit=1000");
      return (
        deliveries.some(({ label: of }) => of !== "decoy") && deliveries.every(({ state }) => state === "delivered")
      );
    });
  }

  /** Connections to the decoy that are made at the start. */
  readonly sent = hostileBytes.length * 3;

  async #connect(): Promise<void> {
    const requests = hostileBytes.flatMap((bytes) => [
      bytes,
      Buffer.concat([
        Buffer.from("GET /"),
        bytes,
        Buffer.from(" HTTP/1.1\r\nHost: "),
        bytes,
        Buffer.from("\r\nUser-Agent: "),
        bytes,
        Buffer.from("\r\nReferer: x\r\n\r\n"),
      ]),
      Buffer.concat([Buffer.from("SSH-2.0-"), bytes, Buffer.from("\r\n")]),
    ]);
    for (const [index, bytes] of requests.entries())
      await send(this.decoy, bytes, `127.0.1.${1 + (index % decoyPeers)}`);
  }

  /** Servers to scan: a banner for each text, a page with it as title and header, and certificates with it as name. */
  async #serve(): Promise<void> {
    for (const bytes of hostileBytes) {
      const banner = Buffer.concat([Buffer.from("220 "), bytes, Buffer.from(" FTP ready\r\n")]);
      await this.#listen(net.createServer((socket) => socket.on("error", () => {}).end(banner)));
      const latin1 = bytes
        .toString("latin1")
        .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "_")
        .slice(0, 8000);
      await this.#listen(
        http.createServer((_request, response) => {
          const headers = { "Content-Type": "text/html; charset=utf-8", Server: latin1, "WWW-Authenticate": latin1 };
          response.writeHead(401, headers).end(Buffer.concat([Buffer.from("<title>"), bytes, Buffer.from("</title>")]));
        }),
      );
    }
    for (const name of [markup, hostileTexts.formula, hostileTexts.escape, hostileTexts.bidirectional]) {
      const pair = selfSigned(this.folder, name.slice(0, 45).replaceAll("\0", ""));
      await this.#listen(https.createServer(pair, (_request, response) => response.end("hello")));
    }
  }

  async #listen(server: net.Server): Promise<void> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.ports.push((server.address() as AddressInfo).port);
    this.#stack.defer(() => {
      server.close();
      if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
    });
  }

  async #importDevices(): Promise<void> {
    // A file with a zero byte is refused as a whole.
    const quote = (text: string) => `"${text.slice(0, 2000).replaceAll('"', '""').replaceAll("\0", "")}"`;
    const lines = Object.values(hostileTexts).map((text, index) =>
      [
        `52:54:00:00:01:${index.toString(16).padStart(2, "0")}`,
        quote(text),
        "dhcplss",
        quote(text),
        `192.168.77.${index + 1}`,
        "2026-01-01 00:00:00",
        "2026-01-02 00:00:00",
      ].join(","),
    );
    const head = "devMac,devName,devNameSource,devVendor,devLastIP,devFirstConnection,devLastConnection";
    writeFileSync(path.join(this.folder, "devices.csv"), `${[head, ...lines].join("\n")}\n`);
    const { status, stderr } = await this.command("import", "devices.csv");
    if (status !== 0) throw new Error(stderr);
  }
}

/** With the name as the common name of subject and issuer. */
function selfSigned(folder: string, name: string): { readonly key: Buffer; readonly cert: Buffer } {
  const [key, cert] = [path.join(folder, "hostile.key"), path.join(folder, "hostile.pem")];
  const subject = `/CN=${name.replaceAll(/[\\/+=,]/g, "\\$&")}`;
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "5", "-utf8"],
      ...["-keyout", key, "-out", cert, "-subj", subject],
    ],
    { stdio: "pipe" },
  );
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** The decoy may close the connection once it has read enough. */
function send(port: number, bytes: Buffer, localAddress = "127.0.0.1"): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", localAddress }, () => socket.end(bytes));
    socket.on("error", () => {}).once("close", () => resolve());
    socket.resume();
  });
}
