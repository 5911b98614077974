import { applicationProducts } from "./products-applications.ts";
import { cameraProducts } from "./products-cameras.ts";
import { homeProducts } from "./products-home.ts";
import { mediaProducts } from "./products-media.ts";
import { monitoringProducts } from "./products-monitoring.ts";
import { networkProducts } from "./products-network.ts";
import { printerProducts } from "./products-printers.ts";
import { serverProducts } from "./products-servers.ts";
import { storageProducts } from "./products-storage.ts";
import type { WebProduct } from "./web-product.ts";

/** Every application and device that is recognised by its web server. To add one, add an entry to one of these lists. */
export const webProducts: readonly WebProduct[] = [
  ...homeProducts,
  ...mediaProducts,
  ...storageProducts,
  ...printerProducts,
  ...cameraProducts,
  ...networkProducts,
  ...serverProducts,
  ...monitoringProducts,
  ...applicationProducts,
];
