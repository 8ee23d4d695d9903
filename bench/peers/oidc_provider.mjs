// oidc-provider as its documentation says, on the same PostgreSQL: one process, an adapter of one table,
// sign-in and consent as plain forms.  A person is known by number and name.
import http from 'node:http'
import Provider from 'oidc-provider'
import postgres from 'postgres'

const port = Number(process.env.PORT)
const issuer = `http://127.0.0.1:${port}`
const sql = postgres(process.env.DATABASE_URL, { max: Number(process.env.POOL), onnotice: () => {} })
const client = JSON.parse(process.env.CLIENT)

class Rows {
  constructor(model) {
    this.model = model
  }

  async upsert(id, payload, expiresIn) {
    const until = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null
    await sql`
      INSERT INTO oidc_payload (id, model, payload, grant_id, uid, expires_at)
      VALUES (${id}, ${this.model}, ${sql.json(payload)}, ${payload.grantId ?? null}, ${payload.uid ?? null}, ${until})
      ON CONFLICT (id, model) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
        uid = excluded.uid, expires_at = excluded.expires_at`
  }

  #found([row]) {
    if (!row) return undefined
    return row.consumed_at ? { ...row.payload, consumed: true } : row.payload
  }

  async find(id) {
    return this.#found(await sql`SELECT payload, consumed_at FROM oidc_payload WHERE id = ${id} AND model = ${this.model}`)
  }

  async findByUid(uid) {
    return this.#found(await sql`SELECT payload, consumed_at FROM oidc_payload WHERE uid = ${uid} AND model = ${this.model}`)
  }

  async findByUserCode() {
    return undefined
  }

  async consume(id) {
    await sql`UPDATE oidc_payload SET consumed_at = now() WHERE id = ${id} AND model = ${this.model}`
  }

  async destroy(id) {
    await sql`DELETE FROM oidc_payload WHERE id = ${id} AND model = ${this.model}`
  }

  async revokeByGrantId(grantId) {
    await sql`DELETE FROM oidc_payload WHERE grant_id = ${grantId}`
  }
}

const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
const key = { ...(await crypto.subtle.exportKey('jwk', privateKey)), use: 'sig', alg: 'ES256' }
delete key.key_ops

const provider = new Provider(issuer, {
  adapter: Rows,
  clients: [{ ...client, id_token_signed_response_alg: 'ES256' }],
  jwks: { keys: [key] },
  cookies: { keys: ['one key of a bench'] },
  claims: { openid: ['sub'], profile: ['name'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  pkce: { required: () => true },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 43200, Grant: 43200 },
  async findAccount(_, id) {
    const [row] = await sql`SELECT id, name FROM oidc_account WHERE id = ${id}`
    return row && { accountId: row.id, claims: () => ({ sub: row.id, name: row.name }) }
  },
})

const page = (title, inner) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title>
<main><h1>${title}</h1>${inner}</main></html>`

const signIn = (uid) => page('登录', `<form method="post" action="/interaction/${uid}/login">
<label>姓名 <input name="name"></label><label>身份证号 <input name="id_number"></label><button>登录</button></form>`)

const consent = (uid) => page('授权', `<form method="post" action="/interaction/${uid}/confirm">
<p>应用将获得您的姓名</p><button>同意</button></form>`)

async function form(request) {
  let text = ''
  for await (const piece of request) text += piece
  return new URLSearchParams(text)
}

async function login(request, response) {
  const given = await form(request)
  const [row] = await sql`SELECT id FROM oidc_account WHERE number = ${given.get('id_number')} AND name = ${given.get('name')}`
  const result = row ? { login: { accountId: row.id } } : { error: 'access_denied' }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

async function confirm(request, response) {
  const { prompt: { details }, params, session, grantId } = await provider.interactionDetails(request, response)
  const known = grantId ? await provider.Grant.find(grantId) : undefined
  const grant = known ?? new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  if (details.missingOIDCScope) grant.addOIDCScope(details.missingOIDCScope.join(' '))
  if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims)
  const consented = { consent: { grantId: await grant.save() } }
  await provider.interactionFinished(request, response, consented, { mergeWithLastSubmission: true })
}

const openid = provider.callback()

async function serve(request, response) {
  const [, uid, step] = request.url.match(/^\/interaction\/([\w-]+)(?:\/(\w+))?$/) ?? []
  if (!uid) return openid(request, response)
  if (step === 'login') return login(request, response)
  if (step === 'confirm') return confirm(request, response)
  const { prompt } = await provider.interactionDetails(request, response)
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(prompt.name === 'login' ? signIn(uid) : consent(uid))
}

http
  .createServer((request, response) =>
    serve(request, response).catch((error) => {
      response.statusCode = 500
      response.end(String(error))
    }),
  )
  .listen(port, '127.0.0.1')
