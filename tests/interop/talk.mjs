// What the clients' programs share: the settings they are given, and a browser at the other end of their pipes.
import readline from 'node:readline'

export const told = JSON.parse(process.env.CLIENT)

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()

// Let the browser follow a link; returns where it was sent back to, null for a link that leads to no client.
export async function browse(url) {
  process.stdout.write(JSON.stringify({ open: String(url) }) + '\n')
  const { value } = await lines.next()
  const { back } = JSON.parse(value)
  return back && new URL(back)
}

export function finish(seen) {
  process.stdout.write(JSON.stringify({ seen }) + '\n')
  process.exit(0)
}

export async function key(use) {
  return crypto.subtle.importKey('jwk', told.jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, use ?? ['sign'])
}
