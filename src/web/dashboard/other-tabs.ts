/** What is changed in one tab of this browser, the others show at once, too. */
import { reloadAll } from "./reload-all.ts";

/** Of this server alone: several may be below one name. */
const channel = new BroadcastChannel(`harbinger ${location.pathname}`);
channel.addEventListener("message", reloadAll);

/** Call when something was changed. */
export function tellOtherTabs(): void {
  channel.postMessage("changed");
}
