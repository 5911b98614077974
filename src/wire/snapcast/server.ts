import type { TextQuestion } from "../greeting/text-answers.ts";

/** Snapcast, doc/json_rpc_api/control.md: the state of the server, which changes nothing. */
export const snapserverStatus: TextQuestion = {
  ask: '{"id":1,"jsonrpc":"2.0","method":"Server.GetStatus"}\r\n',
  prefix: '{"id":1,"jsonrpc":"2.0",',
  answer: /"snapserver":\{[^{}]{0,300}?"version":"(?<version>\d[\w.+-]{0,30})"/,
};
