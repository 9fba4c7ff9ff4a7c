// A conforming OAuth client of a foreign make: openid-client, told what to do in lines of JSON.
//
//     node client.mjs
//
// The first line on standard input is the configuration; each line on standard output is {event, ...}. An
// error is the event `error`, with what the library says of it, and status 1.
//
//     issuer, client_id   whose client it is; metadata by RFC 8414, plain HTTP allowed
//     algorithm           `oauth2` (RFC 8414, the default) or `oidc` (OpenID Connect Discovery)
//     private_jwk         signs private_key_jwt; without it the client is public
//     redirect_uri, scope, resource, authorization_details, extra
//                         parameters of the authorization request; `extra` has any others by name
//     protected           path or URL of what to read with the token; `build` goes in Bailment-Build
//     then                what to do with tokens, in order: `resource`, `refresh`, `revoke`
//     mode                one of
//         authorize           PAR with PKCE; event `authorize` has the URL. A line {callback: URL} goes on.
//         callback            the same from there on, in another process: `callback`, and `state`,
//                             `code_verifier` and `dpop_jwk` from the event `authorize`
//         device              event `device` has the user code; it polls until somebody confirms, every
//                             `interval` seconds, or as the server says
//         refresh             uses `refresh_token`, bound to `dpop_jwk`
//         client_credentials  asks for a token of the client's own
//
// All tokens are bound by DPoP (ES256) to a key made here, or to `dpop_jwk`. The library checks `iss`
// (RFC 9207) and `state`, and sends a request again where the server wants a nonce.
//
// It holds no secret worth keeping, prints all that it has, and is no example of how to store a key.

import { createInterface } from 'node:readline';

import { calculateJwkThumbprint, exportJWK, importJWK } from 'jose';
import * as oauth from 'openid-client';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

function say(event, message = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...message })}\n`);
}

async function read() {
  const { done, value } = await lines.next();
  if (done) {
    process.exit(0);
  }
  return JSON.parse(value);
}

async function keyPair(jwk) {
  if (!jwk) {
    return oauth.randomDPoPKeyPair('ES256', { extractable: true });
  }
  const { d, ...open } = jwk;
  const options = { extractable: true };
  return {
    privateKey: await importJWK({ ...open, d }, 'ES256', options),
    publicKey: await importJWK(open, 'ES256', options),
  };
}

class Client {
  static async start(settings) {
    const client = new Client();
    client.settings = settings;
    const { algorithm = 'oauth2', client_id: id, issuer, private_jwk: jwk } = settings;
    const proof = jwk
      ? oauth.PrivateKeyJwt({ key: await importJWK(jwk, jwk.alg ?? 'ES256'), kid: jwk.kid })
      : oauth.None();
    const metadata = jwk ? { token_endpoint_auth_method: 'private_key_jwt' } : {};
    const options = { algorithm, execute: [oauth.allowInsecureRequests] };
    client.server = await oauth.discovery(new URL(issuer), id, metadata, proof, options);
    client.keys = await keyPair(settings.dpop_jwk);
    client.options = { DPoP: oauth.getDPoPHandle(client.server, client.keys) };
    say('discovered', { metadata: client.server.serverMetadata() });
    return client;
  }

  parameters() {
    const { authorization_details: details, extra, redirect_uri: redirect, resource, scope } = this.settings;
    return {
      ...(scope && { scope }),
      ...(resource && { resource }),
      ...(redirect && { redirect_uri: redirect }),
      ...(details && { authorization_details: JSON.stringify(details) }),
      ...extra,
    };
  }

  async authorize() {
    const jwk = await exportJWK(this.keys.privateKey);
    const thumbprint = await calculateJwkThumbprint(jwk);
    const verifier = oauth.randomPKCECodeVerifier();
    const state = oauth.randomState();
    const parameters = {
      ...this.parameters(),
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      dpop_jkt: thumbprint,
      state,
    };
    const url = await oauth.buildAuthorizationUrlWithPAR(this.server, parameters, this.options);
    const saved = { code_verifier: verifier, dpop_jwk: jwk, state };
    say('authorize', { ...saved, jkt: thumbprint, url: url.href });
    await this.callback({ ...saved, callback: (await read()).callback });
  }

  async callback({ callback, code_verifier: verifier, state }) {
    const checks = { expectedState: state, pkceCodeVerifier: verifier };
    const url = new URL(callback);
    await this.use(await oauth.authorizationCodeGrant(this.server, url, checks, undefined, this.options));
  }

  async device() {
    const started = await oauth.initiateDeviceAuthorization(this.server, this.parameters());
    say('device', started);
    const paced = { ...started, interval: this.settings.interval ?? started.interval };
    await this.use(await oauth.pollDeviceAuthorizationGrant(this.server, paced, undefined, this.options));
  }

  async refresh({ refresh_token: token }) {
    await this.use(await oauth.refreshTokenGrant(this.server, token, undefined, this.options));
  }

  async clientCredentials() {
    await this.use(await oauth.clientCredentialsGrant(this.server, this.parameters(), this.options));
  }

  // Tell what came, and do the steps of `then` with it.
  async use(first) {
    let tokens = first;
    say('tokens', tokens);
    for (const step of this.settings.then ?? ['resource', 'refresh', 'resource']) {
      if (step === 'resource') {
        await this.readResource(tokens.access_token);
      } else if (step === 'refresh') {
        const next = await oauth.refreshTokenGrant(this.server, tokens.refresh_token, undefined, this.options);
        // RFC 6749 section 6: without a new refresh token the old one stays good.
        tokens = { refresh_token: tokens.refresh_token, ...next };
        say('refreshed', tokens);
      } else if (step === 'revoke') {
        await oauth.tokenRevocation(this.server, tokens.refresh_token ?? tokens.access_token);
        say('revoked');
      } else {
        throw new Error(`no such step: ${step}`);
      }
    }
  }

  async readResource(token) {
    const { build, issuer, protected: where = '/v1/me' } = this.settings;
    const headers = new Headers(build ? { 'Bailment-Build': build } : {});
    const url = new URL(where, issuer);
    try {
      const got = await oauth.fetchProtectedResource(
        this.server, token, url, 'GET', undefined, headers, this.options,
      );
      say('resource', { body: await got.text(), status: got.status });
    } catch (error) {
      // The library throws where the answer carries a challenge: that is an answer too.
      if (!(error instanceof oauth.WWWAuthenticateChallengeError)) {
        throw error;
      }
      const body = await error.response.text();
      say('resource', { body, challenge: error.response.headers.get('www-authenticate'), status: error.status });
    }
  }
}

const modes = {
  authorize: (client) => client.authorize(),
  callback: (client, settings) => client.callback(settings),
  client_credentials: (client) => client.clientCredentials(),
  device: (client) => client.device(),
  refresh: (client, settings) => client.refresh(settings),
};

try {
  const settings = await read();
  const run = modes[settings.mode];
  if (!run) {
    throw new Error(`no such mode: ${settings.mode}`);
  }
  await run(await Client.start(settings), settings);
  say('done');
} catch (error) {
  const { code, error: kind, error_description: description, message, name, status } = error;
  say('error', { cause: String(error.cause?.message ?? ''), code, description, error: kind, message, name, status });
  process.exitCode = 1;
}
process.stdin.destroy();
