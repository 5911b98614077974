import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { SMTPServer } from "smtp-server";

/**
 * A mail server on 127.0.0.1:2525 and an ntfy server on 127.0.0.1:8088, as a separate process, which can run in another
 * network namespace: `FILE [HOST MAILPORT NTFYPORT]`. What they accept is written to the file, one JSON object per line; `ready` is
 * printed when both listen.
 */
const [file = "", host = "127.0.0.1", mailPort = "2525", ntfyPort = "8088"] = process.argv.slice(2);
const keep = (entry: object) => appendFileSync(file, `${JSON.stringify(entry)}\n`);

const mail = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onData(stream, session, done) {
    let raw = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      raw += chunk;
    });
    stream.on("end", () => {
      keep({ channel: "mail", to: session.envelope.rcptTo.map(({ address }) => address), raw });
      done();
    });
  },
});
const ntfy = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  request.on("end", () => {
    const { title, priority } = request.headers;
    keep({ channel: "ntfy", topic: request.url, title, priority, text });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: "x", time: 1, event: "message", topic: "home", message: text }));
  });
});
mail.listen(Number(mailPort), host, () => {
  ntfy.listen(Number(ntfyPort), host, () => process.stdout.write("ready\n"));
});
