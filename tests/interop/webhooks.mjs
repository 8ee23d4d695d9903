// Deliveries are verified by npm's standardwebhooks; the changed one must not be.
import { Webhook } from 'standardwebhooks'

let text = ''
for await (const piece of process.stdin) text += piece
const told = JSON.parse(text)
const types = told.secrets.map(secret => new Webhook(secret).verify(told.body, told.headers).type)
let forged = 'taken'
try {
  new Webhook(told.secrets[0]).verify(told.body + ' ', told.headers)
} catch {
  forged = 'refused'
}
console.log(JSON.stringify({ types, forged }))
