import type { Identification } from "../core/identification.ts";
import { fieldSecrets } from "./http/secrets.ts";
import { protocols } from "./protocols.ts";
import { endOfAnyHeader, parse as parseProxyHeader } from "./proxy-protocol/client.ts";
import { latin1, maxInspectedBytes } from "./reader.ts";
import type { Secret, SecretFinder } from "./secret.ts";
import { typedSecrets } from "./typed-secrets.ts";
import { wideSecrets } from "./wide-secrets.ts";

/** Finders by protocol name. */
const findersOf: ReadonlyMap<string, readonly SecretFinder[]> = new Map(
  protocols.flatMap(({ name, secrets }) => (secrets === undefined ? [] : [[name, [secrets]] as const])),
);
const noFinder: readonly SecretFinder[] = [];
const none: readonly Secret[] = [];

/**
 * Finds the secrets in the first bytes of a client: sorted, without overlap. If several protocols are still possible, it
 * returns what would be a secret in any of them.
 */
export function findSecrets(bytes: Uint8Array, identification: Identification): readonly Secret[] {
  const wanted = findersFor(identification);
  if (wanted.length === 0) return none;
  const header = identification.proxy === undefined ? undefined : parseProxyHeader(bytes);
  const offset = header?.kind === "match" ? header.value.headerBytes : 0;
  const following = offset === 0 ? bytes : bytes.subarray(offset);
  const [only] = wanted;
  const found = wanted.length === 1 && only !== undefined ? only(following) : wanted.flatMap((find) => find(following));
  if (found.length === 0) return none;
  return withoutOverlap(
    found.map(({ start, end, text }) => ({
      start: start + offset,
      end: end + offset,
      text,
    })),
  );
}

function findersFor({ protocol, candidates = [] }: Identification): readonly SecretFinder[] {
  if (protocol === "proxy") return afterHeader;
  if (protocol !== "unknown") return findersOf.get(protocol) ?? noFinder;
  return [...candidates.flatMap((name) => findersOf.get(name) ?? noFinder), ...withoutProtocol];
}

/** After a second or a broken PROXY header nothing is parsed, so all of the rest may be a password. */
function secretsAfterHeader(bytes: Uint8Array): readonly Secret[] {
  const start = endOfAnyHeader(bytes) ?? bytes.length;
  return start < bytes.length ? [{ start, end: bytes.length }] : none;
}

function namedSecrets(bytes: Uint8Array): readonly Secret[] {
  return fieldSecrets(latin1(bytes, 0, Math.min(bytes.length, maxInspectedBytes)));
}

const afterHeader: readonly SecretFinder[] = [secretsAfterHeader];
const withoutProtocol: readonly SecretFinder[] = [typedSecrets, namedSecrets, wideSecrets, secretsAfterHeader];

function withoutOverlap(secrets: readonly Secret[]): readonly Secret[] {
  const sorted = secrets.toSorted((one, other) => one.start - other.start || other.end - one.end);
  let covered = 0;
  return sorted.filter(({ end }) => {
    const isNew = end > covered;
    covered = Math.max(covered, end);
    return isNew;
  });
}
