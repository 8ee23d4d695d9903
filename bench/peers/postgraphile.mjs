// PostGraphile 5 with a persisted operation over views that name their keys; its own schema shape over the same rows.
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import PersistedPlugin from '@grafserv/persisted'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'

const documents = JSON.parse(readFileSync(process.env.DOCUMENTS, 'utf8'))

const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [PersistedPlugin.default ?? PersistedPlugin],
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ['bench'],
      poolConfig: { max: Number(process.env.POOL), options: process.env.PGOPT ?? '-c plan_cache_mode=force_generic_plan' },
    }),
  ],
  grafserv: {
    graphqlPath: '/graphql',
    graphiql: false,
    persistedOperations: documents,
  },
  grafast: { explain: false },
}

const instance = postgraphile(preset)
if (process.env.PRINT) {
  const { printSchema } = await import('graphql')
  console.log(printSchema((await instance.getSchemaResult()).schema))
  process.exit(0)
}
const server = createServer()
await instance.createServ(grafserv).addTo(server)
await new Promise((resolve) => server.listen(Number(process.env.PORT), '127.0.0.1', resolve))
console.log('ready')
