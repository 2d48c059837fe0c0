// A forge on loopback: as much of GitHub's and GitLab's REST as our scripts ask, with a record of what was asked and posted.
// It pages, it refuses tokens that may not, and it can be told to break.

import http from "node:http";
import { stopped } from "./app.mjs";

const REPOSITORY = "/repos/lumen/policies";

export async function start_forge() {
  const forge = { requests: [], broken: null };
  forge.reset = () => Object.assign(forge, { artifacts: [], zips: new Map(), comments: [], pulls: [], reviews: [], teams: {}, statuses: [], notes: [], requests: [], broken: null });
  forge.reset();
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, "http://forge.test");
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const asked = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      token: request.headers.authorization ?? request.headers["private-token"] ?? null,
      body: chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : null,
    };
    forge.requests.push(asked);
    const answer = forge.broken?.(asked) || answered(forge, asked) || { status: 404, body: { message: "Not Found" } };
    response.writeHead(answer.status ?? 200, answer.headers ?? {});
    response.end(Buffer.isBuffer(answer.body) ? answer.body : JSON.stringify(answer.body ?? null));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  forge.url = `http://127.0.0.1:${server.address().port}`;
  forge.stop = () => stopped(server);
  return forge;
}

/** What each token may: that of the comment job, of the review job, of teams and statuses, and of GitLab's note. */
const MAY = {
  "Bearer token.comment": ["actions", "pulls", "comments"],
  "Bearer token.read": ["pulls"],
  "Bearer token.review": ["teams", "statuses"],
  "token.note": ["notes"],
};

function answered(forge, asked) {
  for (const [method, path, right, answer] of ROUTES) {
    const found = asked.method === method && path.exec(asked.path);
    if (!found) continue;
    if (right && !MAY[asked.token]?.includes(right)) return { status: 403, body: { message: "Resource not accessible" } };
    return answer(forge, asked, ...found.slice(1));
  }
  return null;
}

const of_repository = (rest) => new RegExp(`^${REPOSITORY}${rest}$`);

const ROUTES = [
  ["GET", of_repository("/actions/runs/7/artifacts"), "actions", (forge, { query }) => ({ body: { total_count: forge.artifacts.length, artifacts: forge.artifacts.filter((it) => it.name === query.get("name")) } })],
  ["GET", of_repository("/actions/artifacts/(\\d+)/zip"), "actions", (forge, _, id) => ({ status: 302, headers: { location: `${forge.url}/blobs/${id}` } })],
  // The address that GitHub forwards to is another company's: a token has no business there.
  ["GET", /^\/blobs\/(\d+)$/, null, (forge, { token }, id) => (token ? { status: 400 } : { body: forge.zips.get(Number(id)) })],
  ["GET", of_repository("/pulls"), "pulls", (forge, asked) => page(asked, forge.pulls.filter((it) => it.state === asked.query.get("state") && `${it.head.user.login}:${it.head.ref}` === asked.query.get("head")))],
  ["GET", of_repository("/pulls/(\\d+)/reviews"), "pulls", (forge, asked, number) => page(asked, forge.reviews.filter((it) => it.pull === Number(number)))],
  ["GET", of_repository("/issues/(\\d+)/comments"), "comments", (forge, asked, number) => page(asked, forge.comments.filter((it) => it.issue === Number(number)))],
  ["POST", of_repository("/issues/(\\d+)/comments"), "comments", (forge, { body }, number) => ({ status: 201, body: added(forge.comments, { issue: Number(number), user: { login: "github-actions[bot]" }, body: body.body }) })],
  ["PATCH", of_repository("/issues/comments/(\\d+)"), "comments", (forge, { body }, id) => ({ body: Object.assign(forge.comments.find((it) => it.id === Number(id)), body) })],
  ["POST", of_repository("/statuses/([0-9a-f]{40})"), "statuses", (forge, { body }, sha) => ({ status: 201, body: added(forge.statuses, { sha, ...body }) })],
  ["GET", /^\/orgs\/lumen\/teams\/([a-z-]+)\/members$/, "teams", (forge, asked, team) => (forge.teams[team] ? page(asked, forge.teams[team].map((login) => ({ login }))) : null)],
  ["GET", /^\/api\/v4\/user$/, "notes", () => ({ body: { id: 77, username: "policy-bot" } })],
  ["GET", /^\/api\/v4\/projects\/5\/merge_requests\/3\/notes$/, "notes", (forge, asked) => page(asked, forge.notes)],
  ["POST", /^\/api\/v4\/projects\/5\/merge_requests\/3\/notes$/, "notes", (forge, { body }) => ({ status: 201, body: added(forge.notes, { author: { id: 77 }, body: body.body }) })],
  ["PUT", /^\/api\/v4\/projects\/5\/merge_requests\/3\/notes\/(\d+)$/, "notes", (forge, { body }, id) => ({ body: Object.assign(forge.notes.find((it) => it.id === Number(id)), body) })],
];

function page({ query }, rows) {
  const [size, number] = [Math.min(Number(query.get("per_page") ?? 30), 100), Number(query.get("page") ?? 1)];
  return { body: rows.slice(size * (number - 1), size * number) };
}

function added(rows, row) {
  rows.push({ id: rows.length + 1, ...row });
  return rows.at(-1);
}
