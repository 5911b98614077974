/** All routes. A new one is added here, in one line. */

import { acknowledgeFoundActions } from "./api/acknowledge-found.ts";
import { acknowledgementActions } from "./api/acknowledgements.ts";
import { configuredRoutes } from "./api/configured.ts";
import { connectionSummaryRoutes } from "./api/connection-summary.ts";
import { connectionRoutes } from "./api/connections.ts";
import { deliveryActions } from "./api/delivery-actions.ts";
import { deviceActions } from "./api/device-actions.ts";
import { eventRoutes } from "./api/events.ts";
import { healthRoutes } from "./api/health.ts";
import { historyRoutes } from "./api/history.ts";
import { hostRoutes } from "./api/host-details.ts";
import { messageRoutes } from "./api/messages.ts";
import { metricsRoutes } from "./api/metrics.ts";
import { muteRoutes } from "./api/mutes.ts";
import { networkRoutes } from "./api/network.ts";
import { openApiRoutes } from "./api/openapi.ts";
import { overviewRoutes } from "./api/overview.ts";
import { programRoutes } from "./api/program.ts";
import { type SessionRouteOptions, sessionRoutes } from "./api/session.ts";
import { sourceRoutes } from "./api/sources.ts";
import { watchActions } from "./api/watch-actions.ts";
import type { WebApp } from "./app.ts";
import type { WebContext } from "./context.ts";
import { pageRoutes } from "./pages/page-routes.ts";

export function addRoutes(app: WebApp, context: WebContext, session: SessionRouteOptions): void {
  healthRoutes(app, context);
  sessionRoutes(app, session);
  connectionSummaryRoutes(app, context);
  connectionRoutes(app, context);
  sourceRoutes(app, context);
  eventRoutes(app, context);
  networkRoutes(app, context);
  hostRoutes(app, context);
  historyRoutes(app, context);
  messageRoutes(app, context);
  configuredRoutes(app, context);
  overviewRoutes(app, context);
  openApiRoutes(app);
  deliveryActions(app, context);
  deviceActions(app, context);
  acknowledgementActions(app, context);
  acknowledgeFoundActions(app, context);
  muteRoutes(app, context);
  watchActions(app, context);
  metricsRoutes(app, context);
  programRoutes(app, context);
  pageRoutes(app, context, session);
}
