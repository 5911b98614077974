/**
 * A mail server with STARTTLS and login on port 587 and an ntfy server with TLS on port 443, as a separate process that runs
 * in another network namespace. What they accept is printed, one JSON object per line, after a line `ready`.
 */
import { createServer } from "node:https";
import { SMTPServer } from "smtp-server";

export interface ServersOrder {
  readonly address: string;
  readonly key: string;
  readonly certificate: string;
  readonly login: { readonly user: string; readonly password: string };
}

export type Taken =
  | {
      readonly channel: "mail";
      readonly from: string;
      readonly to: readonly string[];
      readonly isSecure: boolean;
      readonly user: string;
      readonly raw: string;
    }
  | {
      readonly channel: "push";
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    };

const order = JSON.parse(process.argv[2] ?? "{}") as ServersOrder;
const print = (taken: Taken) => process.stdout.write(`${JSON.stringify(taken)}\n`);

const mail = new SMTPServer({
  key: order.key,
  cert: order.certificate,
  disableReverseLookup: true,
  onAuth({ username, password }, _session, done) {
    if (username === order.login.user && password === order.login.password) done(null, { user: username });
    else done(new Error("wrong login"));
  },
  onData(stream, session, done) {
    let raw = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      raw += chunk;
    });
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      print({
        channel: "mail",
        from: mailFrom === false ? "" : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        isSecure: session.secure,
        user: String(session.user),
        raw,
      });
      done();
    });
  },
});
const push = createServer({ key: order.key, cert: order.certificate }, (request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  request.on("end", () => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    print({ channel: "push", path: request.url ?? "", headers, text });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: "x", time: 1, event: "message", topic: "your-topic", message: text }));
  });
});
// Clients that trust another authority abort, and report that themselves.
mail.on("error", () => {});
mail.listen(587, order.address, () => {
  push.listen(443, order.address, () => process.stdout.write("ready\n"));
});
