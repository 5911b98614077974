/** One service of a host: what answers, whether it is open to everybody, and what the checks found. */
import { isGone, isUrgent } from "../../present/hosts/service-order.ts";
import type { ServiceDetailsJson } from "../../present/hosts/service-schema.ts";
import { findingsOf } from "./check-results.tsx";
import { MuteControl, type useMutes } from "./mutes.tsx";
import { portWords, State } from "./network-words.tsx";
import { Badge, Foreign, Time } from "./parts.tsx";

interface ServiceCardProps {
  readonly service: ServiceDetailsJson;
  readonly mutes: ReturnType<typeof useMutes>;
}

export function ServiceCard({ service, mutes }: ServiceCardProps) {
  const { address, port, name, product, version, watches, firstSeen, lastSeen } = service;
  const ofPort = mutes.ofPort(address, port);
  const isHostMuted = mutes.ofHost(address) !== undefined;
  const answers = [product, version].filter((part) => part !== undefined).join(" ");
  return (
    <article class={isUrgent(service) ? "card service urgent" : "card service"}>
      <div class="service-head">
        <h3>
          <span class="service-port">{portWords(service)}</span> <Foreign text={name} limit={60} />
          {answers === "" ? null : (
            <>
              {" "}
              <strong>
                <Foreign text={answers} limit={200} />
              </strong>
            </>
          )}
        </h3>
        <Verdict service={service} />
        {service.everyPort === true || (isHostMuted && ofPort === undefined) ? null : (
          <span class="service-mute">
            <MuteControl label="Mute port" target={{ kind: "host", address, port }} mute={ofPort} mutes={mutes} />
          </span>
        )}
      </div>
      <dl class="findings">
        {findingsOf(service).map(({ key, title, content }) => (
          <div key={key}>
            <dt>
              <Foreign text={title} limit={60} />
            </dt>
            <dd>{content}</dd>
          </div>
        ))}
        <div>
          <dt>Seen</dt>
          <dd>
            <Time iso={firstSeen} />
            {" to "}
            <Time iso={lastSeen} />
            {watches.length === 0 ? null : (
              <>
                {" in "}
                <Foreign text={watches.map(({ watch }) => watch).join(", ")} />
              </>
            )}
          </dd>
        </div>
      </dl>
    </article>
  );
}

/** Red: open to everybody. Green: it is not, or nothing is known against it. Without colour: what is no judgement. */
function Verdict({ service }: { readonly service: ServiceDetailsJson }) {
  const states = service.watches.map(({ state }) => state);
  const verdict = service.results.find((result) => result.verdict !== undefined)?.verdict;
  const isOpenBroker = service.results.some(({ check, facts }) => check === "kafka" && facts["accessible"] === true);
  const isExposed = service.exposed === true || isOpenBroker;
  if (isExposed || verdict === undefined || verdict === "exposed" || isGone(service))
    return <State states={states} exposed={isExposed ? true : undefined} />;
  return (
    <span>
      <Badge tone={verdict === "protected" ? "good" : "plain"}>{verdict}</Badge>
      <State states={states.filter((state) => state !== "present")} />
    </span>
  );
}
