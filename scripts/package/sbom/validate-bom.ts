import { Spec, Validation } from "@cyclonedx/cyclonedx-library";

/** @returns the errors by the schema of CycloneDX 1.5, which npm writes; `undefined` without errors */
export async function bomFaults(text: string): Promise<string | undefined> {
  const fault = await new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(text);
  return fault === null ? undefined : JSON.stringify(fault);
}
