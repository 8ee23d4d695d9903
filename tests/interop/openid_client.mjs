// A whole visit with npm's openid-client: sign in, refresh, user info, introspection, revocation, logging out.
import * as client from 'openid-client'
import { browse, finish, key, told } from './talk.mjs'

const fapi = told.profile === 'fapi2'
const auth = told.jwk
  ? client.PrivateKeyJwt({ key: await key(), kid: told.jwk.kid })
  : told.client_secret
    ? client.ClientSecretBasic(told.client_secret)
    : client.None()
const config = await client.discovery(new URL(told.issuer), told.client_id, undefined, auth, {
  execute: [client.allowInsecureRequests],
})

const proof = fapi || told.dpop ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) : undefined
const options = proof && { DPoP: proof }

const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const nonce = client.randomNonce()
const asked = {
  redirect_uri: told.redirect_uri,
  scope: told.scope,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
  ...told.ask,
}
const link = fapi
  ? await client.buildAuthorizationUrlWithPAR(config, asked, options)
  : client.buildAuthorizationUrl(config, asked)
const back = await browse(link)

const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, options)
const claims = tokens.claims()
const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub, options)

const fresh = tokens.refresh_token && (await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options))
const again = fresh && (await client.fetchUserInfo(config, fresh.access_token, claims.sub, options))
const last = fresh ?? tokens
const active = told.introspects ? await client.tokenIntrospection(config, last.access_token) : undefined
await client.tokenRevocation(config, last.access_token)
const dead = await client.fetchUserInfo(config, last.access_token, claims.sub, options).then(
  () => false,
  (error) => error.code ?? error.name,
)

const end = client.buildEndSessionUrl(config, {
  post_logout_redirect_uri: told.post_logout_uri,
  id_token_hint: tokens.id_token,
  state: 'bye',
})
const left = await browse(end)

finish({
  claims,
  info,
  again,
  active,
  dead,
  refreshed: Boolean(fresh),
  rotated: Boolean(fresh && fresh.refresh_token && fresh.refresh_token !== tokens.refresh_token),
  token_type: tokens.token_type,
  left: left && left.href,
})
