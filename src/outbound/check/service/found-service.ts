import type { Conversation } from "../../probe/conversation.ts";
import type { TlsSession } from "../../probe/tls/handshake.ts";
import type { ProtocolModule, Recognised } from "./protocol-module.ts";

/** A recognised service with its open conversation, in which the module may continue. */
export interface FoundService extends Disposable {
  readonly kind: "service";
  readonly module: ProtocolModule;
  readonly recognised: Recognised;
  readonly tls: TlsSession | undefined;
}

export function foundService(module: ProtocolModule, recognised: Recognised, conversation: Conversation): FoundService {
  return {
    kind: "service",
    module,
    recognised,
    // A judgement may start TLS later.
    get tls() {
      return conversation.tls;
    },
    [Symbol.dispose]: () => conversation[Symbol.dispose](),
  };
}
