// mercurius with graphql-jit and postgres.js, as their documentation says: one process, loaders, prepared statements.
// MEMO=1 keeps what is alike to everybody (catalogue, items by code, topics) for a second.
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { GraphQLScalarType } from 'graphql'
import mercurius from 'mercurius'
import postgres from 'postgres'

const MEMO_MS = process.env.MEMO ? 1000 : 0
const documents = JSON.parse(readFileSync(process.env.DOCUMENTS, 'utf8'))
const sql = postgres(process.env.DATABASE_URL, {
  max: Number(process.env.POOL),
  connection: { plan_cache_mode: process.env.PLAN ?? 'force_generic_plan' }, // LIMIT $n is planned anew at every use otherwise
})

const around = (code) => [...new Set([code.slice(0, 2) + '0000', code.slice(0, 4) + '00', code.slice(0, 6)])]

const columns = sql`code, name, summary, kind, agency, instant, declared_trips AS "declaredTrips", sample,
  life_events[1] AS "topicCode"`

const findViewer = (party) => sql`SELECT name, level FROM bench_person WHERE id = ${party}`

const findCatalog = (region, target, elder, first) => sql`
  SELECT ${columns} FROM item WHERE code IN (
    SELECT o.code FROM item AS o
    WHERE o.current_id IS NOT NULL AND o.regions && ${around(region)}::varchar[]
      AND o.target = ANY(${[target, 'both']}::varchar[])
      AND (NOT ${elder}::boolean OR o.life_events[1] = ANY(ARRAY(SELECT code FROM item_topic WHERE for_elders)))
    ORDER BY o.code LIMIT ${first}
  ) ORDER BY code`

const findCases = (party, first) => sql`
  SELECT id, number, upper(state) AS state, title, opened_at AS "openedAt", upper(outcome) AS outcome, code
  FROM case_file WHERE party_id = ${party} ORDER BY id DESC LIMIT ${first}`

const findNotices = (party, first) => sql`
  SELECT id, title, told_at AS "toldAt" FROM notice WHERE party_id = ${party} ORDER BY id DESC LIMIT ${first}`

const findItems = (codes) => sql`SELECT ${columns} FROM item WHERE current_id IS NOT NULL AND code = ANY(${codes}::varchar[])`
const findTopics = (codes) => sql`SELECT code, name FROM item_topic WHERE code = ANY(${codes}::varchar[])`

const kept = new Map()

function memo(key, make) {
  if (!MEMO_MS) return make()
  const found = kept.get(key)
  if (found && found.until > Date.now()) return found.value
  const value = make()
  kept.set(key, { until: Date.now() + MEMO_MS, value })
  return value
}

async function byCode(name, find, codes) {
  const now = Date.now()
  const found = new Map()
  const missing = []
  for (const code of new Set(codes)) {
    const known = MEMO_MS ? kept.get(`${name} ${code}`) : undefined
    if (known && known.until > now) found.set(code, known.value)
    else missing.push(code)
  }
  if (missing.length) {
    for (const row of await find(missing)) found.set(row.code, row)
    if (MEMO_MS) for (const code of missing) kept.set(`${name} ${code}`, { until: now + MEMO_MS, value: found.get(code) })
  }
  return found
}

const resolvers = {
  DateTime: new GraphQLScalarType({
    name: 'DateTime',
    serialize: (value) => value.toISOString().replace('.000Z', '+00:00'),
  }),
  Query: {
    viewer: async (_, __, { party }) => (await findViewer(party))[0],
    catalog: (_, { region, target, elder, first }) =>
      memo(`catalog ${region} ${target} ${elder} ${first}`, () => findCatalog(region, target.toLowerCase(), elder, first)),
    recentCases: (_, { first }, { party }) => findCases(party, first),
    notices: async (_, { first }, { party }) => ({ edges: (await findNotices(party, first)).map((node) => ({ node })) }),
  },
}

const loaders = {
  Item: {
    async topic(queries) {
      const wanted = queries.map(({ obj }) => obj.topicCode).filter(Boolean)
      const found = wanted.length ? await byCode('topic', findTopics, wanted) : new Map()
      return queries.map(({ obj }) => found.get(obj.topicCode) ?? null)
    },
  },
  Case: {
    async item(queries) {
      const found = await byCode('item', findItems, queries.map(({ obj }) => obj.code))
      return queries.map(({ obj }) => found.get(obj.code) ?? null)
    },
  },
}

const app = Fastify({ logger: false })
app.register(mercurius, {
  schema: readFileSync(new URL('home.schema.graphql', import.meta.url), 'utf8'),
  resolvers,
  loaders,
  jit: 1,
  persistedQueries: documents, // by name: { "home": "query Home …" }
  context: (request) => ({ party: request.headers['x-party'] }),
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
console.log('ready')
