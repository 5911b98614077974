import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ChannelName } from "../../src/core/delivery.ts";
import { HttpServer } from "../harness/http-server.ts";
import { certificatePath, MailServer } from "../harness/smtp-server.ts";
import { TokenEndpoint, testClient } from "../harness/token-endpoint.ts";
import type { Counterpart } from "./channel-contract.ts";
import { ManualClock } from "./manual-clock.ts";
import { RecordingMail } from "./recording-mail.ts";

/** By channel: the receivers of its messages in the contract suite, one for each way of sending. */
export const counterparts: Readonly<
  Record<ChannelName, readonly { readonly title: string; readonly open: () => Promise<Counterpart> }[]>
> = {
  mail: [
    { title: "mail by a server", open: mailServer },
    { title: "mail by a server that takes access tokens", open: mailServerWithTokens },
    // The command is a shell script.
    ...(process.platform === "win32" ? [] : [{ title: "mail by a local command", open: mailCommand }]),
  ],
  file: [{ title: "reports as files", open: reportFolder }],
  ntfy: [{ title: "ntfy", open: ntfyServer }],
  webhook: [{ title: "a webhook", open: webhookReceiver }],
};

const address = "security@example.org";

async function mailServer(): Promise<Counterpart> {
  const login = { user: "reporter", password: "tr0ub4dor&3" };
  const server = await MailServer.start({ login });
  return {
    section: {
      smtp_server: "127.0.0.1",
      smtp_port: server.port,
      tls: "none",
      username: login.user,
      password: login.password,
      from_address: "Harbinger <harbinger@example.org>",
    },
    recipient: address,
    secret: login.password,
    received: async () => server.accepted.map(({ mail }) => mail.text ?? ""),
    async breakDown() {
      server.fault = { stage: "login", kind: "reply", code: 454, text: "backend down for {password}" };
    },
    async repair() {
      server.fault = undefined;
    },
    hang: {
      async start() {
        server.fault = { stage: "sender", kind: "hang" };
      },
      reached: () => server.hanging(),
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function mailServerWithTokens(): Promise<Counterpart> {
  await using stack = new AsyncDisposableStack();
  const username = "alerts@example.org";
  const endpoint = stack.use(await TokenEndpoint.start({ certificate: "localhost" }));
  const tokenLogin = { user: username, accepts: (token: string | undefined) => endpoint.isValid(token) };
  const server = stack.use(await MailServer.start({ tls: "starttls", tokenLogin }));
  const clock = new ManualClock();
  const resources = stack.move();
  return {
    section: {
      smtp_server: "localhost",
      smtp_port: server.port,
      username,
      oauth2: { token_url: endpoint.url, client_id: testClient.id, client_secret: testClient.secret },
    },
    parts: { clock, ca: readFileSync(certificatePath("localhost"), "utf8") },
    recipient: address,
    secret: testClient.secret,
    received: async () => server.accepted.map(({ mail }) => mail.text ?? ""),
    async breakDown() {
      const text = JSON.stringify({ error: "invalid_client", error_description: `wrong: ${testClient.secret}` });
      endpoint.fault = { kind: "reply", status: 401, text };
    },
    async repair() {
      endpoint.fault = undefined;
      // A failed request for a token is not repeated for a few seconds.
      clock.advance(10_000);
    },
    hang: {
      async start() {
        endpoint.fault = { kind: "hang" };
      },
      reached: () => endpoint.hanging(),
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function mailCommand(): Promise<Counterpart> {
  const mail = new RecordingMail();
  const recording = readFileSync(mail.command, "utf8").replace("#!/bin/sh\n", "");
  return {
    section: { use_local_mail: true, mail_command: mail.command },
    recipient: address,
    secret: undefined,
    received: async () => mail.texts,
    async breakDown() {
      mail.become("echo 'cannot\u001b[31m queue' >&2; exit 75");
    },
    async repair() {
      mail.become(recording);
    },
    hang: {
      async start() {
        mail.become(': >"$0.reached"; exec sleep 60');
      },
      async reached() {
        const watcher = watch(mail.folder);
        try {
          while (!existsSync(`${mail.command}.reached`)) {
            await new Promise<void>((resolve) => watcher.once("change", () => resolve()));
          }
        } finally {
          watcher.close();
        }
      },
    },
    async [Symbol.asyncDispose]() {
      mail[Symbol.dispose]();
    },
  };
}

async function reportFolder(): Promise<Counterpart> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-reports-"));
  const directory = path.join(folder, "reports");
  const isThere = () => statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
  return {
    section: { directory },
    recipient: address,
    secret: undefined,
    async received() {
      const names = isThere() ? readdirSync(directory) : [];
      return names
        .filter((name) => name.endsWith(".txt"))
        .map((name) => readFileSync(path.join(directory, name), "utf8"));
    },
    async breakDown() {
      writeFileSync(directory, "in the way");
    },
    async repair() {
      renameSync(directory, `${directory}.old`);
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Answers as ntfy does (https://docs.ntfy.sh/publish/): to the right token, with the message as JSON. */
async function ntfyServer(): Promise<Counterpart> {
  const token = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";
  const server = await HttpServer.start({
    answer: ({ method, path: place, headers }) =>
      method === "POST" && place === "/alerts-Xy7" && headers.authorization === `Bearer ${token}`
        ? { status: 200, text: JSON.stringify({ id: "hwQ2YpKdmg", event: "message", topic: "alerts-Xy7" }) }
        : { status: 403, text: JSON.stringify({ code: 40_301, http: 403, error: "forbidden" }) },
  });
  const section = { server: server.url, topic: "alerts-Xy7", token };
  return overHttp(server, { section, recipient: "ntfy", secret: token, textOf: (body) => body });
}

async function webhookReceiver(): Promise<Counterpart> {
  const server = await HttpServer.start();
  const secret = "XXXXXXXXXXXXXXXXXXXXXXXX";
  const section = { url: `${server.url}/services/T00000000/B00000000/${secret}` };
  return overHttp(server, {
    section,
    recipient: "security",
    secret,
    textOf: (body) => String(Object(JSON.parse(body)).text),
  });
}

interface HttpCounterpart {
  readonly section: object;
  readonly recipient: string;
  readonly secret: string;
  /** The text of a message in the body of a request. */
  readonly textOf: (body: string) => string;
}

function overHttp(server: HttpServer, { textOf, ...rest }: HttpCounterpart): Counterpart {
  return {
    ...rest,
    received: async () => server.accepted.map(({ body }) => textOf(body)),
    async breakDown() {
      server.fault = { kind: "reply", status: 503, text: `down for ${rest.secret}` };
    },
    async repair() {
      server.fault = undefined;
    },
    hang: {
      async start() {
        server.fault = { kind: "hang" };
      },
      reached: () => server.hanging(),
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
