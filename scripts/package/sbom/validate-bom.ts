import { Spec, Validation } from "@cyclonedx/cyclonedx-library";

/** @returns what the schema of CycloneDX 1.5, which npm writes, finds wrong; `undefined` where nothing is */
export async function bomFaults(text: string): Promise<string | undefined> {
  const fault = await new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(text);
  return fault === null ? undefined : JSON.stringify(fault);
}
