import type { TextQuestion } from "../greeting/text-answers.ts";

/** Server.GetStatus, which is read-only. Snapcast, doc/json_rpc_api/control.md. */
export const snapserverStatus: TextQuestion = {
  ask: '{"id":1,"jsonrpc":"2.0","method":"Server.GetStatus"}\r\n',
  prefix: '{"id":1,"jsonrpc":"2.0",',
  answer: /"snapserver":\{[^{}]{0,300}?"version":"(?<version>\d[\w.+-]{0,30})"/,
};
