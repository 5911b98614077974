import * as z from "zod";
import { durationMs, durationSchema } from "../../../present/settings/value-schemas.ts";
import { parseServerUrl } from "./server-url.ts";

/** Keys that every channel over HTTP has. */
export const httpKeys = {
  ca_file: z.string().min(1).optional().meta({
    description: "PEM file of certificate authorities to trust as well, relative to the configuration file.",
    kind: "path",
  }),
  timeout: durationSchema({ expected: 'a duration such as "30s"', min: 1000 })
    .default("30s")
    .meta({ description: "How long one attempt waits for the server." }),
};

/** A validated `timeout`, in milliseconds. */
export function timeoutMsOf({ timeout }: { readonly timeout: string }): number {
  return durationMs(timeout);
}

/** The URL of a server: http or https, without a login. */
export function serverAddress(expected: string) {
  return z.string().refine((text) => parseServerUrl(text) !== undefined, expected);
}

/** A token: printable ASCII, because it is sent in a header. */
export const tokenText = z.string().regex(/^[\x21-\x7e]{1,1000}$/, "expected printable ASCII without spaces");

/** Parses a URL that the schema has validated. @throws Error for any other text */
export function checkedUrl(text: string): URL {
  const url = parseServerUrl(text);
  if (url === undefined) throw new Error("not the URL of a server");
  return url;
}
