import { safeText } from "../../core/safe-text.ts";

/** What the address of the page says and the page does not know. */
export function ViewFaults({ faults }: { readonly faults: readonly string[] }) {
  if (faults.length === 0) return null;
  return (
    <div class="failure" role="alert">
      {faults.map((fault) => (
        <span key={fault}>{safeText(fault, { limit: 300 })}</span>
      ))}
    </div>
  );
}
