// The application behind the gate: it says back which headers reached it, and for which path.

import http from "node:http";

export async function start_app(port) {
  const requests = [];
  const server = http.createServer((request, response) => {
    requests.push({ url: request.url, headers: request.rawHeaders });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ url: request.url, method: request.method, headers: request.headers }));
  });
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  return { requests, stop: () => stopped(server) };
}

/** Ends a server and the connections that are kept to it. */
export function stopped(server) {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
}
