// A certified OpenID provider (npm `oidc-provider`) that we did not write, with people of our own.

import http from "node:http";
import { Provider } from "oidc-provider";
import { stopped } from "./app.mjs";

/**
 * Starts a provider on a loopback port. TLS and its name come from nginx in front of it.
 * `people` maps a login to its claims. `strip_iss` makes one that does not know RFC 9207.
 */
export async function start_provider({ issuer, port, clients, people, strip_iss = false }) {
  const provider = new Provider(issuer, {
    clients,
    claims: {
      openid: ["sub", "groups", "hd"],
      email: ["email", "email_verified"],
      profile: ["given_name", "family_name"],
    },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    jwks: { keys: [await rsa_key()] },
    cookies: { keys: ["e2e"] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    findAccount: (_, login) => ({
      accountId: login,
      claims: () => ({ sub: `subject-of-${login}`, ...people[login] }),
    }),
    // Nobody is asked for consent: the people of a company are not.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid email profile groups");
      await grant.save();
      return grant;
    },
    extraClientMetadata: { properties: [] },
    scopes: ["openid", "email", "profile", "groups", "offline_access"],
  });
  provider.proxy = true;
  if (strip_iss) provider.use(without_iss);

  const requests = [];
  const handle = provider.callback();
  const server = http.createServer((request, response) => {
    const seen = { method: request.method, path: request.url.split("?")[0], body: "" };
    requests.push(seen);
    request.on("data", (chunk) => (seen.body += chunk));
    handle(request, response);
  });
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  return { issuer, requests, stop: () => stopped(server) };
}

/** What a provider that does not know RFC 9207 leaves out: the parameter, and its announcement. */
async function without_iss(ctx, next) {
  await next();
  if (ctx.body?.authorization_response_iss_parameter_supported) delete ctx.body.authorization_response_iss_parameter_supported;
  const location = ctx.response.get("location") ?? "";
  if (!location.includes("iss=")) return;
  const to = new URL(location, ctx.href);
  to.searchParams.delete("iss");
  ctx.set("location", to.href);
}

async function rsa_key() {
  const pair = await crypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
    true,
    ["sign", "verify"],
  );
  const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { ...jwk, use: "sig", alg: "RS256", kid: "k1" };
}
