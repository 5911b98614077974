import * as z from "zod";
import { portSchema } from "../../../present/settings/value-schemas.ts";
import { oauth2Schema } from "./smtp/oauth2/schema.ts";

const line = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\p{Cc}]*$/u, "expected a single line");

/** Section `email` of the configuration. */
export const emailSchema = z
  .strictObject({
    smtp_server: line.superRefine(rejectMoreThanServer).optional().meta({
      description: "Name or address of the mail server. Required unless `use_local_mail` or `oauth2.provider`.",
    }),
    smtp_port: portSchema
      .default(587)
      .meta({ description: "Its port. `465` means TLS from the first byte, unless `tls` is set to something else." }),
    use_tls: z.boolean().optional().meta({
      description:
        "`true`: STARTTLS is required. `false`: no TLS. Without it: required where there is a `username`, else used where the server offers it.",
    }),
    tls: z.enum(["starttls", "implicit", "opportunistic", "none"]).optional().meta({
      description:
        "The same in detail: STARTTLS required, TLS from the first byte, STARTTLS where offered, none. Not together with `use_tls`. Default: from `use_tls` and `smtp_port`.",
    }),
    tls_verify: z.boolean().optional().meta({
      description:
        "Whether the certificate of the server must be valid for its name. Without it: yes, but with the older key `use_tls` (and no `ca_file`) a server at a private or loopback address may have a certificate that no trusted authority signed, as with the earlier tool. For a server with a self-signed certificate, it is better to name that certificate in `ca_file`.",
    }),
    ca_file: line.optional().meta({
      description:
        "PEM file of authorities (or the server's own certificate) to trust as well, for the mail server and `oauth2.token_url`.",
      kind: "path",
    }),
    username: line
      .optional()
      .meta({ description: "Login name. Without name and password there is no login.", fromEnvironment: true }),
    password: z.string().min(1).max(10_000).optional().meta({ description: "Password of the login.", secret: true }),
    oauth2: oauth2Schema.optional(),
    from_address: line.optional().meta({
      description: "Sender. Default: `username` if it is an address, else `harbinger@HOSTNAME`.",
    }),
    use_local_mail: z
      .boolean()
      .default(false)
      .meta({ description: "Send with a mail command of this machine instead of a server." }),
    mail_command: line
      .default("mail")
      .meta({ description: "That command: it gets `-s SUBJECT RECIPIENT`, and the text on standard input." }),
  })
  .superRefine(requireServer, { when: hasFields })
  .superRefine(rejectTwoTlsKeys, { when: hasFields })
  .superRefine(checkOAuth2, { when: hasFields })
  .meta({ description: "How reports are mailed." });

/** Such a text is no name that can be looked up: mails would wait for a server that never answers. */
function rejectMoreThanServer(
  text: string,
  context: { addIssue(issue: { readonly code: "custom"; readonly message: string }): void },
): void {
  const [, name, port] = /^(?:[a-z]+:\/\/)?(\[[^\]]*\]|[^:/]*):(\d+)\/?$/i.exec(text) ?? [];
  const message =
    port !== undefined
      ? `expected a name or an address alone: write smtp_server: ${name?.replace(/^\[|\]$/g, "")} and smtp_port: ${port}`
      : text.includes("://")
        ? "expected a name or an address, such as smtp.example.org, not a URL"
        : undefined;
  if (message !== undefined) context.addIssue({ code: "custom", message });
}

export type EmailSection = z.output<typeof emailSchema>;

/** The keys that the rules below compare. Their types are not checked here: the schema reports a wrong type. */
interface Given {
  readonly smtp_server?: unknown;
  readonly use_local_mail?: unknown;
  readonly tls?: unknown;
  readonly use_tls?: unknown;
  readonly smtp_port?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly oauth2?: unknown;
}

function requireServer(section: Given, context: z.core.$RefinementCtx): void {
  if (section.use_local_mail === true || section.smtp_server !== undefined) return;
  if (hasProvider(section.oauth2)) return;
  context.addIssue({ code: "custom", message: "smtp_server is missing (or use_local_mail: true)" });
}

function rejectTwoTlsKeys(section: Given, context: z.core.$RefinementCtx): void {
  if (section.tls === undefined || section.use_tls === undefined) return;
  context.addIssue({ code: "custom", path: ["tls"], message: "give either tls or use_tls, not both" });
}

function checkOAuth2(section: Given, context: z.core.$RefinementCtx): void {
  if (section.oauth2 === undefined) return;
  const report = (key: keyof Given, message: string) => context.addIssue({ code: "custom", path: [key], message });
  if (section.use_local_mail === true) {
    report("oauth2", "not used with use_local_mail: leave one of the two out");
    return;
  }
  if (section.username === undefined) {
    report("oauth2", "needs email.username: the address of the mailbox that mail is sent from");
  }
  if (section.password !== undefined) {
    report("oauth2", "give either password (password_file, HARBINGER_EMAIL_PASSWORD) or oauth2, not both");
  }
  const key = section.tls === undefined ? "use_tls" : "tls";
  const isPlain = section.tls === undefined && section.use_tls === false && Number(section.smtp_port) !== 465;
  if (isPlain || section.tls === "none" || section.tls === "opportunistic") {
    const remedy =
      key === "tls" ? "tls: starttls, or tls: implicit for port 465" : "leave use_tls out, or set it to true";
    report(key, `oauth2 needs encryption, so that the token cannot be read on the network: ${remedy}`);
  }
}

function hasProvider(oauth2: unknown): boolean {
  return typeof oauth2 === "object" && oauth2 !== null && "provider" in oauth2 && oauth2.provider !== undefined;
}

function hasFields(payload: { readonly value: unknown }): boolean {
  return typeof payload.value === "object" && payload.value !== null && !Array.isArray(payload.value);
}
