import * as z from "zod";
import { type Address, parseAddress } from "../core/address.ts";
import { hostLiteral } from "../core/host-literal.ts";
import { type AddressRange, AddressSet, loopbackRanges, parseRange } from "../core/network.ts";
import { durationMs, durationSchema } from "../present/settings/value-schemas.ts";
import { isPasswordHash, type PasswordHash } from "./access/password-hash.ts";
import type { Role } from "./access/right.ts";

const usualListen = "127.0.0.1:8417";
const role = z.enum(["read", "operate"]).default("read");
const roleWords =
  "`read` shows everything; `operate` also approves and names devices, mutes, acknowledges, retries deliveries and starts scans.";
const accountName = z.string().regex(/^[\w.@-]{1,64}$/, "a name is 1 to 64 letters, digits and . _ - @");
const minTokenLength = 20;

const range = z
  .string()
  .refine((text) => parseRange(text.trim()) !== undefined, "expected an address or a network such as 192.168.1.0/24");

const hostName = z
  .string()
  .max(253)
  .refine(
    (text) => text.split(".").every((part) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(part)),
    "expected a host name without port, such as harbinger.example.org",
  );

/** Section `web` of the configuration. */
export const webSchema = z
  .strictObject({
    listen: z
      .union([
        z
          .string()
          .refine(
            (text) => text === "off" || parseListen(text) !== undefined,
            "expected ADDRESS:PORT, [IPv6]:PORT, or off",
          ),
        // YAML 1.1 reads `off` without quotes as false.
        z.literal(false),
      ])
      .default(usualListen)
      .meta({
        description:
          "Where `harbinger run` serves the pages and the API: `ADDRESS:PORT`, or `off`. An address that other machines reach needs `users` or `tokens`.",
      }),
    hosts: z.array(hostName).default([]).meta({
      description:
        "Names under which browsers reach it. Requests for other names are rejected, except `localhost` and the address itself.",
    }),
    base_path: z
      .string()
      .regex(
        /^\/(?:[\w~-][\w.~-]*(?:\/[\w~-][\w.~-]*)*)?$/,
        "expected a path such as /harbinger, without a slash at the end",
      )
      .default("/")
      .meta({ description: "The path at which a reverse proxy serves it." }),
    trusted_proxies: z.array(range).default([]).meta({
      description: "Reverse proxies, by address or network, whose `X-Forwarded-For`, `-Proto` and `-Host` are used.",
    }),
    tls: z
      .strictObject({
        certificate: z
          .string()
          .min(1)
          .meta({ kind: "path", description: "A PEM file: the certificate, then its chain." }),
        key: z.string().min(1).meta({ kind: "path", description: "A PEM file: the private key." }),
      })
      .optional()
      .meta({ description: "Serves HTTPS. Both files are read again when they change." }),
    session: durationSchema({ expected: 'a duration from "5m" to "90d"', min: 300_000, max: 90 * 86_400_000 })
      .default("12h")
      .meta({ description: "How long a login lasts without use." }),
    users: z
      .record(
        accountName,
        z.strictObject({
          password: z
            .string()
            .refine(isPasswordHash, "expected a hash: `harbinger web password` makes it")
            .meta({ secret: true, description: "A hash of the password, from `harbinger web password`." }),
          role: role.meta({ description: roleWords }),
        }),
      )
      .default({})
      .meta({ description: "Who can log in, by name. With one or more users or tokens, every page needs a login." }),
    tokens: z
      .record(
        accountName,
        z.strictObject({
          token: z
            .string()
            .min(minTokenLength, `expected ${minTokenLength} characters or more`)
            .max(200)
            .regex(/^[\x21-\x7e]*$/, "expected printable ASCII characters without blanks")
            .meta({ secret: true, description: "What a program sends as `Authorization: Bearer TOKEN`." }),
          role: role.meta({ description: roleWords }),
        }),
      )
      .default({})
      .meta({ description: "Tokens of programs, by name." }),
  })
  .superRefine((section, context) => {
    const place = section.listen === "off" || section.listen === false ? undefined : parseListen(section.listen);
    const isOpen = Object.keys(section.users).length === 0 && Object.keys(section.tokens).length === 0;
    if (place === undefined || isLoopback(place.address) || !isOpen) return;
    context.addIssue({
      code: "custom",
      path: ["listen"],
      message: `other machines reach ${hostLiteral(place.address)}: add web.users or web.tokens, or listen on 127.0.0.1`,
    });
  });

export interface WebSettings {
  /** `undefined`: nothing is served. */
  readonly listen: ListenAddress | undefined;
  /** In lower case. */
  readonly hosts: readonly string[];
  /** Empty, or with a slash at the start and none at the end. */
  readonly basePath: string;
  readonly trustedProxies: readonly AddressRange[];
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly sessionMs: number;
  readonly users: readonly { readonly name: string; readonly password: PasswordHash; readonly role: Role }[];
  readonly tokens: readonly { readonly name: string; readonly token: string; readonly role: Role }[];
}

export interface ListenAddress {
  readonly address: Address;
  readonly port: number;
}

export function webSettings(section: z.output<typeof webSchema>): WebSettings {
  return {
    listen: section.listen === "off" || section.listen === false ? undefined : parseListen(section.listen),
    hosts: section.hosts.map((name) => name.toLowerCase()),
    basePath: section.base_path === "/" ? "" : section.base_path,
    trustedProxies: section.trusted_proxies.flatMap((text) => parseRange(text.trim()) ?? []),
    tls: section.tls,
    sessionMs: durationMs(section.session),
    users: Object.entries(section.users).map(([name, { password, role }]) => ({
      name,
      password: password as PasswordHash,
      role,
    })),
    tokens: Object.entries(section.tokens).map(([name, { token, role }]) => ({ name, token, role })),
  };
}

export function parseListen(text: string): ListenAddress | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const address = parseAddress(parts?.[1] ?? parts?.[2] ?? "");
  const port = Number(parts?.[3]);
  return address === undefined || !(port >= 1 && port <= 65_535) ? undefined : { address, port };
}

const loopback = new AddressSet(loopbackRanges);

/** Whether only this machine reaches the address. */
export function isLoopback(address: Address): boolean {
  return loopback.has(address);
}
