/** Answers that take long, event streams and exports, end with the login under which they began. */
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { AttackedWeb, cheapHash, operateToken, password, readToken } from "./attacked-web.ts";
import { fillLongList } from "./long-list.ts";
import { until } from "./running-web.ts";

interface LongAnswer extends Disposable {
  readonly status: number;
  readonly hasEnded: boolean;
  /** The answer is complete, so that a client takes it for the whole. */
  readonly isComplete: boolean;
  readonly resume: () => void;
}

/** Asks and reads nothing but the headers until `resume`. */
async function longAnswer(web: AttackedWeb, place: string, headers: http.OutgoingHttpHeaders): Promise<LongAnswer> {
  const state = { status: 0, hasEnded: false, isComplete: false, resume: () => {}, [Symbol.dispose]: () => {} };
  const request = http.get({ host: "127.0.0.1", port: web.port, path: place, headers, agent: false }, (response) => {
    state.status = response.statusCode ?? 0;
    state.resume = () => void response.resume();
    response
      .on("error", () => {})
      .on("close", () => {
        state.hasEnded = true;
        state.isComplete = response.complete;
      });
  });
  request.on("error", () => (state.hasEnded = true));
  state[Symbol.dispose] = () => request.destroy();
  await until("an answer", () => state.status !== 0);
  return state;
}

const places = ["/api/v1/events", "/api/v1/connections?format=jsonl", "/api/v1/connections?format=csv"];

describe("an event stream and an export", () => {
  let web!: AttackedWeb;
  before(async () => {
    web = await AttackedWeb.start({}, { prepare: fillLongList });
  });
  after(async () => await web[Symbol.asyncDispose]());

  const begin = async (headers: http.OutgoingHttpHeaders) => {
    const answers = [];
    for (const place of places) answers.push(await longAnswer(web, place, headers));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    return answers;
  };
  const end = async (answers: readonly LongAnswer[]) => {
    for (const { resume } of answers) resume();
    await until("the end", () => answers.every(({ hasEnded }) => hasEnded), 10_000);
    for (const answer of answers) answer[Symbol.dispose]();
  };

  test("end at once when their user logs out, incomplete, and those of others go on", async () => {
    const [ann, bob] = [await web.login("ann", password), await web.login("bob", password)];
    const mine = await begin({ cookie: ann.cookie });
    using others = await longAnswer(web, "/api/v1/events", { cookie: bob.cookie });
    using program = await longAnswer(web, "/api/v1/events", { authorization: `Bearer ${readToken}` });
    assert.equal((await web.ask("DELETE /api/v1/session", { Cookie: ann.cookie })).status, 204);
    await end(mine);
    assert.deepEqual(
      mine.map(({ isComplete }) => isComplete),
      [false, false, false],
      "a file that was cut off does not look like the whole",
    );
    assert.deepEqual([others.hasEnded, program.hasEnded], [false, false]);
    for (const place of places) assert.equal((await web.ask(`GET ${place}`, { Cookie: ann.cookie })).status, 401);
  });

  test("end when the same browser logs in anew", async () => {
    const { cookie } = await web.login("ann", password);
    const mine = await begin({ cookie });
    assert.equal((await web.login("ann", password, { headers: { Cookie: cookie } })).status, 200);
    await end(mine);
  });

  test("end with a reload that removes their user or their token, or changes the password", async () => {
    const { cookie } = await web.login("bob", password);
    const kept = await web.login("ann", password);
    const users = await begin({ cookie });
    web.configure({ users: { ann: web.users.ann } });
    assert.equal(await web.reload(), 0);
    await end(users);
    assert.equal((await web.ask("GET /api/v1/events", { Cookie: cookie })).status, 401);
    assert.equal((await web.ask("GET /api/v1/health", { Cookie: kept.cookie })).status, 200);
    const programs = await begin({ authorization: `Bearer ${readToken}` });
    web.configure({ tokens: { operator: { token: operateToken, role: "operate" } } });
    assert.equal(await web.reload(), 0);
    await end(programs);
    assert.equal((await web.ask("GET /api/v1/events", { Authorization: `Bearer ${readToken}` })).status, 401);
    const changed = await begin({ cookie: kept.cookie });
    web.configure({ users: { ...web.users, ann: { password: cheapHash(), role: "operate" } } });
    assert.equal(await web.reload(), 0);
    await end(changed);
    assert.equal((await web.ask("GET /api/v1/events", { Cookie: kept.cookie })).status, 401);
  });
});
