/** What the checks of a service found, each with short lines. */

import type { ComponentChildren } from "preact";
import { resultText } from "../../present/hosts/result-text.ts";
import type { CheckResultJson, ServiceDetailsJson } from "../../present/hosts/service-schema.ts";
import { Expiry, productOf } from "./network-words.tsx";
import { Foreign, Lines } from "./parts.tsx";

/** In the order in which they are shown; other checks follow. */
const titles: Readonly<Record<string, string>> = {
  exposure: "Exposure",
  kafka: "Kafka",
  service: "Service",
  http: "HTTP",
  tls: "TLS",
  cert: "Certificate",
  port: "Port",
};
const order = Object.keys(titles);

const maxOutput = 4000;
/** Of a longer output the rest opens on request. */
const linesShown = 6;

export interface Finding {
  readonly key: string;
  readonly title: string;
  readonly content: ComponentChildren;
}

/** The results that tell something that the heading of the service does not. */
export function findingsOf(service: ServiceDetailsJson): readonly Finding[] {
  const place = ({ check }: CheckResultJson) => (order.includes(check) ? order.indexOf(check) : order.length);
  return service.results
    .filter((result) => !isSaidElsewhere(result, service))
    .toSorted((one, other) => place(one) - place(other))
    .map((result) => ({
      key: result.check,
      title: titles[result.check] ?? result.check,
      content:
        result.check === "cert" ? <CertificateResult result={result} service={service} /> : <Result result={result} />,
    }));
}

function isSaidElsewhere({ check, passed, output, facts }: CheckResultJson, service: ServiceDetailsJson): boolean {
  const product = productOf(service);
  if (check === "service") return passed && product !== "" && output.startsWith(product) && !output.includes("\n");
  const isWithoutTls = facts["state"] === "not-tls" || facts["state"] === "not-started";
  return check === "cert" && isWithoutTls && service.results.some((each) => each.check === "tls");
}

function Result({ result }: { readonly result: CheckResultJson }) {
  const lines = resultText(result, maxOutput).split("\n");
  // What a check looked for and did not find is no fault.
  const isFaint = !result.passed && result.verdict === undefined;
  return (
    <>
      {lines.slice(0, lines.length > linesShown + 1 ? linesShown : lines.length).map((line, index) => (
        <Line key={index} text={line} isFaint={isFaint} />
      ))}
      {lines.length > linesShown + 1 ? (
        <details>
          <summary>All {lines.length} lines</summary>
          <Lines label={titles[result.check] ?? result.check} text={lines.join("\n")} />
        </details>
      ) : null}
    </>
  );
}

function Line({ text, isFaint = false }: { readonly text: string; readonly isFaint?: boolean }) {
  return (
    <p class={isFaint ? "note" : ""}>
      <Foreign text={text} limit={1000} />
    </p>
  );
}

interface CertificateResultProps {
  readonly result: CheckResultJson;
  readonly service: ServiceDetailsJson;
}

/** The certificates that the service shows now. The output of the check names files of the server, which are of no use here. */
function CertificateResult({ result, service }: CertificateResultProps) {
  const { address, port, certificates } = service;
  const shown = certificates
    .flatMap((certificate) => {
      const place = certificate.services.find((each) => each.address === address && each.port === port);
      return place?.current === true ? [{ certificate, isIssuer: place.issuer }] : [];
    })
    .toSorted((one, other) => Number(one.isIssuer) - Number(other.isIssuer));
  if (shown.length === 0 && result.facts["truststore"] === undefined && result.facts["failure"] === undefined)
    return <Result result={result} />;
  const isOfChain = /^\d+\. /;
  const trust = result.output.split("\n").slice(1);
  return (
    <>
      {shown.map(({ certificate, isIssuer }) => (
        <div key={certificate.sha256} class="shown-certificate">
          <p>
            <Expiry certificate={certificate} /> <Foreign text={certificate.subject || certificate.names[0]} />
          </p>
          <p>
            {isIssuer ? "issuer of the above; " : ""}
            {certificate.selfSigned ? (
              "self-signed"
            ) : (
              <>
                issued by <Foreign text={certificate.issuer || "an issuer without a name"} />
              </>
            )}
          </p>
          <p class="note">
            SHA-256 <Foreign text={certificate.sha256} />
          </p>
        </div>
      ))}
      {trust
        .filter((line) => !isOfChain.test(line))
        .map((line) => (
          <Line key={line} text={line} />
        ))}
      {result.facts["failure"] === undefined ? null : (
        <p>The certificates could not be saved on the server: harbinger hosts {address} says why.</p>
      )}
    </>
  );
}
