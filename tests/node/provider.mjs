// A real OpenID Provider for tests: oidc-provider in a process of its own, on 127.0.0.1 over plain HTTP.
//
//     node provider.mjs PORT SETTINGS
//
// SETTINGS is JSON:
//     clients         client metadata (OpenID Connect Dynamic Client Registration 1.0 section 2)
//     accounts        what is known of each person: {sub: {claim: value}}; any other sub has no claims
//     sub             who signs in where the request has no `login_hint`
//     require_nonce   whether a DPoP proof must carry a nonce of the server (RFC 9449 section 8)
//
// The first line on standard output is JSON and says that it listens. It ends when standard input closes.
//
// It asks nobody anything: whoever `login_hint` names is signed in at once and has consented to all that is
// asked; the hint `refuse` answers `access_denied`. A session cookie wins over a hint, as with other
// providers: another person needs a browser context without it, or the device a page without it.
//
// It is no stand-in for our authorization server, and proves nothing about a login: it has none.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

// Standard output carries one line alone; the package writes its notices there.
console.info = console.error;

const port = Number(process.argv[2]);
const settings = JSON.parse(process.argv[3]);
const LOGIN = '/login/';
const DAY_S = 86_400;

function signingKey(alg, type, options) {
  const jwk = generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' });
  return { ...jwk, alg, kid: `${alg}-${randomBytes(4).toString('hex')}`, use: 'sig' };
}

async function findAccount(_context, accountId) {
  return { accountId, claims: () => ({ ...settings.accounts[accountId], sub: accountId }) };
}

// Everything that a client asks for is granted, so there is nothing to consent to.
async function loadExistingGrant({ oidc }) {
  const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
  grant.addOIDCScope([...oidc.requestParamScopes].join(' '));
  grant.addOIDCClaims([...oidc.requestParamClaims]);
  await grant.save();
  return grant;
}

const features = {
  deviceFlow: { enabled: true },
  devInteractions: { enabled: false },
  dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => settings.require_nonce },
  pushedAuthorizationRequests: { enabled: true },
  revocation: { enabled: true },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  claims: {
    email: ['email', 'email_verified'],
    openid: ['sub'],
    profile: ['birthdate', 'family_name', 'given_name', 'locale', 'name', 'picture', 'updated_at'],
  },
  clients: settings.clients,
  // Claims of a scope stand in the ID token too, as with most providers that people meet.
  conformIdTokenClaims: false,
  cookies: { keys: [randomBytes(16).toString('hex')] },
  features,
  findAccount,
  interactions: { url: (_context, interaction) => `${LOGIN}${interaction.uid}` },
  issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
  jwks: {
    keys: [
      signingKey('ES256', 'ec', { namedCurve: 'P-256' }),
      signingKey('RS256', 'rsa', { modulusLength: 2048 }),
    ],
  },
  loadExistingGrant,
  pkce: { required: () => true },
  ttl: { AccessToken: 600, Grant: DAY_S, IdToken: 600, Interaction: 600, RefreshToken: DAY_S, Session: DAY_S },
});

provider.on('server_error', (_context, error) => console.error(error));

async function signIn(request, response) {
  const { params, prompt } = await provider.interactionDetails(request, response);
  const sub = params.login_hint ?? settings.sub;
  const results = {
    consent: { consent: {} },
    login: { login: { accountId: sub, amr: ['pwd'] } },
  };
  const refused = { error: 'access_denied', error_description: 'The person said no.' };
  const result = sub === 'refuse' ? refused : results[prompt.name];
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

const answer = provider.callback();

const server = createServer((request, response) => {
  if (!request.url.startsWith(LOGIN)) {
    answer(request, response);
    return;
  }
  signIn(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end('the test provider failed; see its trace');
  });
});

server.listen(port, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ listening: port, issuer: provider.issuer })}\n`);
});

process.stdin.on('end', () => process.exit(0)).resume();
