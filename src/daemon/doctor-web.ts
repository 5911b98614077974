import { X509Certificate } from "node:crypto";
import http from "node:http";
import https from "node:https";
import type { Config } from "../config/config.ts";
import type { Diagnosis } from "../core/diagnosis.ts";
import { messageOf, systemCode } from "../core/errors.ts";
import { hostLiteral } from "../core/host-literal.ts";
import { openForAMoment } from "../platform/free-ports.ts";
import { readFileNow } from "../platform/read-file-now.ts";
import { plural } from "../present/text/plural.ts";
import { maxPemBytes } from "../web/access/certificate-pair.ts";
import type { ListenAddress } from "../web/schema.ts";

const subject = "web";
const timeoutMs = 3000;
const dayMs = 86_400_000;
/** Certificates are usually renewed a month before they expire. */
const enoughDays = 14;

/**
 * Whether the pages answer, or their port can be opened, and how long their certificate is valid.
 * @param isRunning another process uses the database: it probably serves the pages
 */
export async function* examineWeb({ web }: Pick<Config, "web">, isRunning: boolean): AsyncGenerator<Diagnosis> {
  const { listen, tls, basePath } = web;
  if (listen === undefined) {
    yield { state: "ok", subject, finding: "off" };
    return;
  }
  const place = `${hostLiteral(listen.address)}:${listen.port}`;
  const refusal = await openForAMoment(listen);
  if (refusal === undefined) {
    yield isRunning
      ? {
          state: "warning",
          subject,
          finding: `the running harbinger serves no pages on ${place}`,
          remedy: "Its log has the reason. Once it is corrected, run: harbinger reload",
        }
      : { state: "ok", subject, finding: `port ${place} can be opened` };
  } else if (refusal === "EADDRINUSE") yield await examineAnswer(listen, place, { isTls: tls !== undefined, basePath });
  else {
    const finding = `port ${place} cannot be opened: ${refusal}`;
    yield { state: "bad", subject, finding, remedy: "Set web.listen to another port, or to off." };
  }
  if (tls !== undefined) yield await examineCertificate(tls.certificate);
}

async function examineAnswer(
  { address, port }: ListenAddress,
  place: string,
  { isTls, basePath }: { readonly isTls: boolean; readonly basePath: string },
): Promise<Diagnosis> {
  const host = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
  const answer = await ask({ host, port, isTls, path: `${basePath}/healthz` });
  const url = `${isTls ? "https" : "http"}://${place}${basePath}/`;
  if (answer === "200") return { state: "ok", subject, finding: `the pages answer at ${url}` };
  return {
    state: "bad",
    subject,
    finding: `another program uses ${place}, or the pages do not work: ${answer}`,
    remedy: "Set web.listen to another port, or end the other program.",
  };
}

/** The status of the answer, or why there is none. */
function ask(to: {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly isTls: boolean;
}): Promise<string> {
  const { host, port, path, isTls } = to;
  return new Promise((resolve) => {
    // The certificate is of another name than this address, and a question about health contains no secret.
    const options = {
      host,
      port,
      path,
      signal: AbortSignal.timeout(timeoutMs),
      rejectUnauthorized: false,
      agent: false,
    };
    const request = (isTls ? https : http).get(options, (response) => {
      resolve(String(response.statusCode));
      response.destroy();
    });
    request.on("error", (error) => resolve(systemCode(error) ?? messageOf(error)));
  });
}

async function examineCertificate(file: string): Promise<Diagnosis> {
  const about = "web certificate";
  const remedy = "Renew it; the running harbinger reads the new files by itself.";
  try {
    const { validToDate } = new X509Certificate(await readFileNow(file, maxPemBytes));
    const days = Math.floor((validToDate.getTime() - Date.now()) / dayMs);
    if (days < 0) return { state: "bad", subject: about, finding: `${file} has expired`, remedy };
    const finding = `${file} is valid for ${plural(days, "day")}`;
    return days < enoughDays
      ? { state: "warning", subject: about, finding, remedy }
      : { state: "ok", subject: about, finding };
  } catch (error) {
    return { state: "bad", subject: about, finding: `${file} cannot be read: ${messageOf(error)}` };
  }
}
