import type { HealthOfPart, ListedDeliveries } from "../../present/health/health-schema.ts";
import { givenUp } from "./delivery-words.tsx";
import { Foreign } from "./parts.tsx";
import { link } from "./router.ts";

type HealthFindingProps = Pick<HealthOfPart, "finding" | "deliveries">;

const searches: Readonly<Record<ListedDeliveries, string>> = { waiting: "state:waiting", dead: givenUp };

/** What is known of the health of a part, and where the reason is. */
export function HealthFinding({ finding, deliveries }: HealthFindingProps) {
  if (deliveries === undefined) return <Foreign text={finding} />;
  return (
    <>
      <Foreign text={finding} />: <a href={link(["deliveries"], searches[deliveries])}>show why</a>
    </>
  );
}
