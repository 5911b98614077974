import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const dicom = protocol({
  name: "dicom",
  strength: "medium",
  firstBytes: oneOf(1),
  parse,
  describe: (value) => ({ dicom: { ...value } }),
});
