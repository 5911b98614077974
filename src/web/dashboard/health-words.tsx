import { givenUp } from "./delivery-words.tsx";
import { Foreign } from "./parts.tsx";
import { link } from "./router.ts";

interface HealthFindingProps {
  readonly part: string;
  readonly finding: string;
}

/** What is known of the health of a part. A finding about deliveries ends with the command that lists them: a browser has the list itself. */
export function HealthFinding({ part, finding }: HealthFindingProps) {
  const [words = "", command] = part === "deliveries" ? finding.split(": harbinger deliveries", 2) : [finding];
  if (command === undefined) return <Foreign text={finding} />;
  const search = command.includes("--state dead") ? givenUp : "state:waiting";
  return (
    <>
      <Foreign text={words} />: <a href={link(["deliveries"], search)}>show why</a>
    </>
  );
}
