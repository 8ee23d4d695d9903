// A whole visit with npm's oauth4webapi, which leaves every step to its user and checks each.
import * as oauth from 'oauth4webapi'
import { browse, finish, key, told } from './talk.mjs'

const insecure = { [oauth.allowInsecureRequests]: true }
const issuer = new URL(told.issuer)
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
const client = { client_id: told.client_id }
const fapi = told.profile === 'fapi2'
const auth = told.jwk
  ? oauth.PrivateKeyJwt({ key: await key(), kid: told.jwk.kid })
  : told.client_secret
    ? oauth.ClientSecretBasic(told.client_secret)
    : oauth.None()
const proof = fapi || told.dpop ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined
const options = proof ? { ...insecure, DPoP: proof } : insecure

const verifier = oauth.generateRandomCodeVerifier()
const state = oauth.generateRandomState()
const nonce = oauth.generateRandomNonce()
const asked = new URLSearchParams({
  client_id: told.client_id,
  response_type: 'code',
  redirect_uri: told.redirect_uri,
  scope: told.scope,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
  ...told.ask,
})

let link = new URL(server.authorization_endpoint)
if (fapi) {
  const answer = await oauth.pushedAuthorizationRequest(server, client, auth, asked, options)
  const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client, answer)
  link.search = new URLSearchParams({ client_id: told.client_id, request_uri })
} else {
  link.search = asked
}
const back = await browse(link)

const found = oauth.validateAuthResponse(server, client, back, state)
const given = await oauth.authorizationCodeGrantRequest(
  server, client, auth, found, told.redirect_uri, verifier, options,
)
const tokens = await oauth.processAuthorizationCodeResponse(server, client, given, {
  expectedNonce: nonce,
  requireIdToken: true,
})
const claims = oauth.getValidatedIdTokenClaims(tokens)
await oauth.validateApplicationLevelSignature(server, given, insecure)
const info = await oauth.processUserInfoResponse(
  server, client, claims.sub, await oauth.userInfoRequest(server, client, tokens.access_token, options),
)

let fresh
if (tokens.refresh_token) {
  const answer = await oauth.refreshTokenGrantRequest(server, client, auth, tokens.refresh_token, options)
  fresh = await oauth.processRefreshTokenResponse(server, client, answer)
}
const last = (fresh ?? tokens).access_token
const revoked = await oauth.revocationRequest(server, client, auth, last, insecure)
await oauth.processRevocationResponse(revoked)
const dead = await oauth.userInfoRequest(server, client, last, options).then(
  (answer) => oauth.processUserInfoResponse(server, client, claims.sub, answer).then(() => false, (error) => error.name),
  (error) => error.name,
)

const end = new URL(server.end_session_endpoint)
end.search = new URLSearchParams({
  id_token_hint: tokens.id_token, post_logout_redirect_uri: told.post_logout_uri, state: 'bye',
})
const left = await browse(end)

finish({
  claims, info, dead,
  refreshed: Boolean(fresh),
  rotated: Boolean(fresh && fresh.refresh_token && fresh.refresh_token !== tokens.refresh_token),
  token_type: tokens.token_type,
  left: left && left.href,
})
