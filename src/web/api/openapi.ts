import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { programVersion } from "../../platform/program-version.ts";
import type { WebApp } from "../app.ts";

/** The OpenAPI document is made from the schemas of the routes that are added after this. */
export function openApiOptions(basePath: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Harbinger",
        description:
          'What Harbinger found on the network and who knocked on its decoy ports. An error is `{"error": code, "message": text}`.',
        version: programVersion(),
        license: { name: "GPL-3.0-or-later", identifier: "GPL-3.0-or-later" },
      },
      servers: [{ url: basePath === "" ? "/" : basePath }],
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer", description: "A token of the section `web.tokens`." },
        },
      },
      // Without configured users and tokens nothing is needed.
      security: [{ token: [] }, {}],
    },
    stripBasePath: true,
    transform: jsonSchemaTransform,
  };
}

export function openApiRoutes(app: WebApp): void {
  app.get(
    "/openapi.json",
    { config: { right: "read" }, schema: { hide: true, summary: "The OpenAPI document." } },
    async (_request, reply) => await reply.type("application/json; charset=utf-8").send(app.swagger()),
  );
}
