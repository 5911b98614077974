import * as z from "zod";
import type { Accounts } from "../access/accounts.ts";
import { clientAddress, sessionCookie } from "../access/guard.ts";
import type { WebApp } from "../app.ts";
import { problem } from "../problem.ts";

export interface SessionRouteOptions {
  readonly accounts: Accounts;
  readonly isSecure: boolean;
  readonly basePath: string;
}

const nameField = z.string().meta({ description: "Of the user or the token; empty if no login is needed." });
const roleField = z.enum(["read", "operate"]);

/** Login, logout, and who is logged in. */
export function sessionRoutes(app: WebApp, { accounts, ...cookieOptions }: SessionRouteOptions): void {
  const name = sessionCookie(cookieOptions);
  const cookie = {
    path: cookieOptions.basePath === "" ? "/" : cookieOptions.basePath,
    httpOnly: true,
    sameSite: "strict",
    secure: cookieOptions.isSecure,
  } as const;

  app.get(
    "/api/v1/session",
    {
      config: { right: "public" },
      schema: {
        summary: "Whether a login is needed, and who is logged in.",
        tags: ["session"],
        response: {
          200: z.strictObject({
            loginNeeded: z.boolean().meta({ description: "Whether users or tokens are configured." }),
            name: nameField.optional(),
            role: roleField.optional().meta({ description: "Absent: nobody is logged in." }),
          }),
        },
      },
    },
    async ({ account }, reply) =>
      await reply.send({
        loginNeeded: !accounts.isOpen,
        ...(account === undefined ? {} : { name: account.name, role: account.role }),
      }),
  );

  app.post(
    "/api/v1/session",
    {
      config: { right: "public" },
      schema: {
        summary: "Log in. The answer sets a cookie.",
        tags: ["session"],
        body: z.strictObject({ name: z.string().max(200), password: z.string().max(2000) }),
        response: { 200: z.strictObject({ name: nameField, role: roleField }) },
      },
    },
    async (request, reply) => {
      const address = clientAddress(request);
      if (address === undefined)
        return await problem(reply, 400, "bad-request", "The address of the client is unknown.");
      const outcome = await accounts.login(address, request.body.name, request.body.password);
      if (outcome.kind === "limited") {
        void reply.header("Retry-After", String(outcome.seconds));
        return await problem(
          reply,
          429,
          "too-many-attempts",
          `Too many logins, or failed ones. Try again in ${outcome.seconds} s.`,
        );
      }
      if (outcome.kind === "wrong")
        return await problem(reply, 401, "wrong-login", "The name or the password is wrong.");
      const previous = request.cookies[name];
      if (previous !== undefined) accounts.logout(previous);
      const { name: user, role } = outcome.account;
      return await reply.setCookie(name, outcome.sessionId, cookie).send({ name: user, role });
    },
  );

  app.delete(
    "/api/v1/session",
    {
      config: { right: "public" },
      schema: {
        summary: "Log out. Event streams and exports of the login end.",
        tags: ["session"],
        response: { 204: z.null().meta({ description: "Logged out, or nobody was logged in." }) },
      },
    },
    async (request, reply) => {
      const id = request.cookies[name];
      if (id !== undefined) accounts.logout(id);
      return await reply.clearCookie(name, cookie).code(204).send(null);
    },
  );
}
