/** What an address behind `#` leads to where nothing is: what there is not, and the way to what there is. */
import type { ComponentChildren } from "preact";
import { safeText } from "../../../core/safe-text.ts";
import { Heading } from "../parts.tsx";
import { link } from "../router.ts";

interface NoSuchProps {
  /** `No such host` */
  readonly title: string;
  /** A sentence. */
  readonly children: ComponentChildren;
  /** Where the existing ones are. */
  readonly href: string;
  /** What is there: `All hosts`. */
  readonly where: string;
}

export function NoSuch({ title, children, href, where }: NoSuchProps) {
  return (
    <>
      <Heading title={title} />
      <p>{children}</p>
      <p>
        <a href={href}>{where}</a>
      </p>
    </>
  );
}

/** The pages whose rows have no pages of their own. */
const rowless: Readonly<Record<string, readonly [string, string]>> = {
  deliveries: ["A delivery has no page of its own: all of them are in the list of deliveries.", "All deliveries"],
  scans: ["A scan has no page of its own: all of them are in the list of scans.", "All scans"],
};

export function NoSuchPage({ parts }: { readonly parts: readonly string[] }) {
  const [page = ""] = parts;
  const known = Object.hasOwn(rowless, page) ? rowless[page] : undefined;
  const [words, where] = known ?? ["", "Overview"];
  return (
    <NoSuch title="No such page" href={link(known === undefined ? [] : [page])} where={where}>
      There is no page {safeText(parts.join("/"), { limit: 100 })}. {words}
    </NoSuch>
  );
}
