// The authorization server that the bench measures beside ours: oidc-provider in one process.
//
//     node provider.mjs PORT SETTINGS
//
// SETTINGS is JSON:
//     public_client, confidential_client   the clients' ids; both must send a DPoP proof for every token
//     confidential_jwk                     the public key of the second, which uses private_key_jwt with ES256
//     resource, scope                      what every token is for: an opaque token, nothing signed in it
//     rotate                               whether a refresh token is replaced when it is used
//     require_nonce                        whether a DPoP proof must carry a nonce of the server
//
// The first line on standard output is JSON and says that it listens. Each line {jkt, count} on standard
// input makes that many refresh tokens of the public client, bound to that key, and is answered by a line
// {refresh_tokens}. It ends when standard input closes.
//
// It is the peer as shipped but for one thing: its in-memory adapter keeps a thousand entries and forgets
// older ones, tokens and replay marks alike, so the same adapter is put over a Map, which forgets nothing.
// It is no server for anything but a measurement: no login, no page, nothing survives its end.

import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

// Standard output carries the answers alone; the package writes its notices there.
console.info = console.error;

const port = Number(process.argv[2]);
const settings = JSON.parse(process.argv[3]);
const issuer = `http://127.0.0.1:${port}`;
const DAY_S = 86_400;

const clients = [
  {
    client_id: settings.public_client,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['http://127.0.0.1/callback'],
    response_types: ['code'],
    application_type: 'native',
    dpop_bound_access_tokens: true,
  },
  {
    client_id: settings.confidential_client,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [settings.confidential_jwk] },
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    dpop_bound_access_tokens: true,
  },
];

const features = {
  clientCredentials: { enabled: true },
  devInteractions: { enabled: false },
  dPoP: {
    enabled: true,
    nonceSecret: randomBytes(32),
    requireNonce: () => settings.require_nonce,
  },
  resourceIndicators: {
    enabled: true,
    defaultResource: () => settings.resource,
    getResourceServerInfo: () => ({
      scope: settings.scope,
      audience: settings.resource,
      accessTokenFormat: 'opaque',
      accessTokenTTL: 3600,
    }),
    useGrantedResource: () => true,
  },
};

const store = new Map();

const provider = new Provider(issuer, {
  adapter: (model) => new MemoryAdapter(model, store),
  clients,
  cookies: { keys: [randomBytes(16).toString('hex')] },
  features,
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  rotateRefreshToken: settings.rotate,
  // It has no refresh grant at all without `offline_access`.
  scopes: [...settings.scope.split(' '), 'offline_access'],
  ttl: { Grant: 14 * DAY_S, RefreshToken: 14 * DAY_S },
});

// An error of ours in this file would look like a slow peer: say it.
provider.on('server_error', (_context, error) => console.error(error));

async function mintRefreshToken(client, jkt) {
  // A grant of its own for each, as each device has: the adapter walks all tokens of a grant on every write.
  const accountId = `person-${randomBytes(6).toString('hex')}`;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addResourceScope(settings.resource, settings.scope);
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId: await grant.save(),
    gty: 'authorization_code',
    jkt,
    resource: settings.resource,
    scope: settings.scope,
  });
  return token.save();
}

async function mint({ jkt, count }) {
  const client = await provider.Client.find(settings.public_client);
  const refreshTokens = [];
  for (let made = 0; made < count; made += 1) {
    refreshTokens.push(await mintRefreshToken(client, jkt));
  }
  return { refresh_tokens: refreshTokens };
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const { version } = createRequire(import.meta.url)('oidc-provider/package.json');
provider.listen(port, '127.0.0.1', () => say({ listening: port, version, node: process.versions.node }));

for await (const line of createInterface({ input: process.stdin })) {
  say(await mint(JSON.parse(line)));
}
process.exit(0);
