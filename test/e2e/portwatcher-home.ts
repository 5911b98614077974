// Run inside a network namespace by portwatcher-network.test.ts: mail server, push server and portwatcher; the
// clients are in another namespace. Prints what arrived as one JSON object.
import { execFile } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startHarbinger } from "../harness/cli.ts";
import { HttpServer } from "../harness/http-server.ts";
import { launcherOf } from "../harness/launchers.ts";
import { MailServer } from "../harness/smtp-server.ts";

export interface HomeOrder {
  readonly directory: string;
  /** The example's environment, with the addresses of the servers filled in. */
  readonly environment: Readonly<Record<string, string>>;
  /** Commands of clients, run one after the other, each followed by this many mails in total. */
  readonly clients: readonly { readonly command: readonly string[]; readonly mails: number }[];
}

export interface HomeResult {
  readonly mails: readonly {
    readonly from: string;
    readonly to: readonly string[];
    readonly subject: string;
    readonly text: string;
    readonly isSecure: boolean;
    readonly user: string | undefined;
  }[];
  readonly posts: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }[];
  readonly status: number | null;
  readonly log: string;
}

async function home({ directory, environment, clients }: HomeOrder): Promise<HomeResult> {
  const user = environment["PW_SMTP_USER"] ?? "";
  await using mail = await MailServer.start({
    tls: "starttls",
    login: { user, password: "CHANGE_ME" },
    port: Number(environment["PW_SMTP_PORT"]),
  });
  await using push = await HttpServer.start();
  const running = startHarbinger([], {
    directory,
    launcher: launcherOf("portwatcher"),
    environment: { ...environment, PW_SMTP_SERVER: "127.0.0.1", PW_NTFY_SERVER: push.url, TZ: "" },
  });
  await running.waitForOutput("listening");
  // What the compose file's health check does.
  const check = net.connect(Number(environment["PW_PORT"]), "127.0.0.1");
  await once(check, "connect");
  check.destroy();
  for (const { command, mails } of clients) {
    const [program = "", ...args] = command;
    // The clients fail as expected, because they get no answer.
    await new Promise<void>((resolve) => {
      execFile(program, args, { timeout: 20_000, cwd: directory }, () => resolve()).stdin?.end();
    });
    await mail.until(({ accepted }) => accepted.length >= mails);
    await push.until(({ accepted }) => accepted.length >= mails);
  }
  running.process.kill("SIGTERM");
  const { status, stderr } = await running.ended;
  return {
    mails: mail.accepted.map(({ from, to, mail: parsed, secure, user: login }) => ({
      from,
      to,
      subject: parsed.subject ?? "",
      text: parsed.text ?? "",
      isSecure: secure,
      user: login,
    })),
    posts: push.accepted.map(({ method, path: where, headers, body }) => ({
      method,
      path: where,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body,
    })),
    status,
    log: stderr,
  };
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const order: HomeOrder = JSON.parse(process.argv[2] ?? "{}");
  process.stdout.write(JSON.stringify(await home(order)));
}
