/** The platform over HTTP, with a mini-app's own token: calls of its back end, and its store. */

import { BridgeError, errorOf } from "./errors";
import type { Gives, Takes } from "./wire";

const WAIT_MS = 20_000;

/** How to reach the platform: `base` is "" at the mini-app's own origin. */
export interface Line {
  base: string;
  app: string;
  /** Gives the token; `isRefused` is the one that the platform did not take any more. */
  token(isRefused?: string): Promise<string>;
  isElder(): boolean;
}

type Body = { data?: Record<string, unknown>; errors?: { message: string; extensions: { code: string } }[] };

async function post(line: Line, path: string, text: string, headers: Record<string, string>): Promise<unknown> {
  const token = await line.token();
  let { ok, status, body } = await send(line, path, text, { ...headers, authorization: `Bearer ${token}` });
  if (isOver(ok, body)) {
    const fresh = await line.token(token);
    if (fresh !== token)
      ({ ok, status, body } = await send(line, path, text, { ...headers, authorization: `Bearer ${fresh}` }));
  }
  if (ok) return body;
  const [first] = (body as Body)?.errors ?? [];
  throw errorOf({ ...first?.extensions, message: first?.message ?? "" }, status);
}

async function send(line: Line, path: string, body: string, more: Record<string, string>) {
  const headers = { "content-type": "application/json", ...(line.isElder() ? { "x-ui-style": "elder" } : {}), ...more };
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), WAIT_MS);
  try {
    const answer = await fetch(line.base + path, {
      method: "POST", headers, body, credentials: "omit", redirect: "error", referrerPolicy: "no-referrer", signal: stop.signal,
    });
    const told = await answer.json() as unknown;
    return { status: answer.status, ok: answer.ok && !(path === "/graphql" && (told as Body).errors), body: told };
  } catch {
    if (stop.signal.aborted) throw new BridgeError("BRIDGE_TIMEOUT", "The platform did not answer in time.");
    throw new BridgeError("UNAVAILABLE", "The platform could not be reached.");
  } finally {
    clearTimeout(timer);
  }
}

function isOver(ok: boolean, body: unknown): boolean {
  return !ok && (body as Body)?.errors?.[0]?.extensions?.code === "NOT_SIGNED_IN";
}

/** Call an API of the back end; a token that has ended is renewed once, since such a call was not passed on. */
export function callApi(line: Line, { api, input, idempotencyKey }: Takes<"call">): Promise<unknown> {
  const headers: Record<string, string> = idempotencyKey ? { "idempotency-key": idempotencyKey } : {};
  return post(line, `/gw/${line.app}/${encodeURIComponent(api)}`, JSON.stringify(input ?? null), headers);
}

const GET = "query ($key: String!) { storedValue(key: $key) { value revision } }";
const SET = `mutation ($key: String!, $value: String!, $command: String!, $ifRevision: String) {
  storeValue(key: $key, value: $value, idempotencyKey: $command, ifRevision: $ifRevision) }`;
const REMOVE = `mutation ($key: String!, $command: String!, $ifRevision: String) {
  removeValue(key: $key, idempotencyKey: $command, ifRevision: $ifRevision) }`;
const KEYS = "query { storedKeys(first: 64) { edges { node { key size revision } } } }";

/** The store that the mini-app has of its citizen, by consent to storage:keep. */
export function storeOf(line: Line) {
  const ask = async (query: string, variables: object): Promise<any> => {
    const { data } = await post(line, "/graphql", JSON.stringify({ query, variables }), {}) as Body;
    return Object.values(data ?? {})[0];
  };
  const command = () => crypto.randomUUID();
  return {
    async storageGet({ key }: Takes<"storageGet">): Promise<Gives<"storageGet">> {
      const kept = await ask(GET, { key });
      return kept && { value: JSON.parse(kept.value), revision: kept.revision };
    },
    async storageSet({ value, ...more }: Takes<"storageSet">): Promise<Gives<"storageSet">> {
      const text = JSON.stringify(value ?? null);
      return { revision: await ask(SET, { ...more, value: text, command: command() }) };
    },
    async storageRemove(more: Takes<"storageRemove">): Promise<object> {
      await ask(REMOVE, { ...more, command: command() });
      return {};
    },
    async storageKeys(): Promise<Gives<"storageKeys">> {
      return (await ask(KEYS, {})).edges.map((edge: { node: unknown }) => edge.node);
    },
  };
}
