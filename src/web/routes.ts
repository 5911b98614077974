/** All routes. A new one is added here, in one line. */

import { connectionRoutes } from "./api/connections.ts";
import { eventRoutes } from "./api/events.ts";
import { healthRoutes } from "./api/health.ts";
import { type SessionRouteOptions, sessionRoutes } from "./api/session.ts";
import type { WebApp } from "./app.ts";
import type { WebContext } from "./context.ts";

export function addRoutes(app: WebApp, context: WebContext, session: SessionRouteOptions): void {
  healthRoutes(app, context);
  sessionRoutes(app, session);
  connectionRoutes(app, context);
  eventRoutes(app, context);
}
