/**
 * The page's side: `connect()` gives the host.
 *
 * A page in a frame speaks to the host that its own origin names, over a channel of its own.  A page that is opened
 * by itself (as native apps do) finds its token behind the `#` of its address and speaks to the platform alone.
 */

import { byAddress } from "./address";
import { BridgeError } from "./errors";
import { Link } from "./link";
import { renewed } from "./session";
import {
  type Connect, type Connected, type EventName, type Events, type Gives, type Kept, type KeptKey, type Method,
  type Session, type Takes, type UiStyle, VERSION, WHERE, nonce,
} from "./wire";

export { BridgeError } from "./errors";
export type { City, EventName, Events, Kept, KeptKey, MenuItem, Picked, Place, Session, UiStyle } from "./wire";

const CONNECT_MS = 10_000;

/** The APIs of your manifest; `miniapp types` fills it in. */
export interface Apis {}

type ApiName = keyof Apis extends never ? string : keyof Apis & string;
type Input<K> = K extends keyof Apis ? Apis[K] extends { input: infer I } ? I : unknown : unknown;
type Output<K> = K extends keyof Apis ? Apis[K] extends { output: infer O } ? O : unknown : any;

export interface CallOptions {
  /** The back end does what comes twice under one key once. */
  idempotencyKey?: string;
  /** Milliseconds until it is given up. */
  timeoutMs?: number;
}

/** The citizen's own store at the platform, by consent to storage:keep; `value` is whatever JSON holds. */
export interface Storage {
  get(key: string): Promise<Kept | null>;
  /** `ifRevision`: write only over the revision that was read, "" where nothing is. */
  set(key: string, value: unknown, ifRevision?: string): Promise<{ revision: string }>;
  remove(key: string, ifRevision?: string): Promise<void>;
  keys(): Promise<KeptKey[]>;
}

type Unsaid = "session" | "call" | "storageGet" | "storageSet" | "storageRemove" | "storageKeys";
type Lax<T> = [T] extends [Record<string, never>] ? void : Partial<T> | void;
type Device = { [M in Exclude<Method, Unsaid>]: (params: Lax<Takes<M>>) => Promise<Gives<M>> };

/** The app that shows this page.  Every promise settles; what is refused is a BridgeError. */
export interface Host extends Device {
  readonly app: string;
  readonly version: string;
  readonly uiStyle: UiStyle;
  readonly region: string;
  readonly locale: string;
  readonly storage: Storage;
  /** Whether the host does this at all: the name of a method, "storage", "call". */
  can(capability: string): boolean;
  /** Hear of something; a `back` whose listener returns true is taken care of.  Returns how to stop hearing. */
  on<E extends EventName>(name: E, listener: (value: Events[E]) => unknown): () => void;
  /** The right of this page, renewed before it ends: for the header Authorization, never for a cookie. */
  session(): Promise<Session>;
  /** Call an API of the manifest. */
  call<K extends ApiName>(api: K, input: Input<K>, options?: CallOptions): Promise<Output<K>>;
}

/** What carries questions to whoever answers them. */
export interface Way {
  told: Omit<Connected, "type" | "channel" | "nonce">;
  ask<M extends Method>(method: M, params: Takes<M>, waitMs?: number): Promise<Gives<M>>;
}

type Listeners = Map<EventName, Set<(value: any) => unknown>>;

const PLACE = Symbol.for("@banshi/bridge"); // scripts of one page share one connection, whoever brought which
const page = globalThis as unknown as { [PLACE]?: Promise<Host> | undefined };

/**
 * Connect to the host, once for a page.
 *
 * Throws: BridgeError BRIDGE_NO_HOST when nobody answers, or the page was opened without a citizen.
 */
export function connect(): Promise<Host> {
  page[PLACE] ??= find().catch(error => {
    page[PLACE] = undefined;
    throw error;
  });
  return page[PLACE];
}

async function find(): Promise<Host> {
  const listeners: Listeners = new Map();
  const { host, app } = await where();
  const told = new URLSearchParams(location.hash.slice(1));
  if (told.has("token")) history.replaceState(history.state, "", location.pathname + location.search); // out of the history
  const isAlone = window.parent === window && host !== location.origin;
  const way = isAlone ? byAddress(app, told) : await byChannel(host, listeners);
  return hostOf(way, listeners);
}

/** Return the exact origin that may be the host of this page; only the page's own origin says so. */
async function where(): Promise<{ host: string; app: string }> {
  try {
    const answer = await fetch(WHERE, { credentials: "omit", redirect: "error" });
    const { host, app } = await answer.json();
    return { host: new URL(host).origin, app: String(app) };
  } catch {
    throw new BridgeError("BRIDGE_NO_HOST", `${WHERE} does not say who shows this page.`);
  }
}

function byChannel(host: string, listeners: Listeners): Promise<Way> {
  const { port1, port2 } = new MessageChannel(), mine = nonce();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      port1.close();
      reject(new BridgeError("BRIDGE_NO_HOST", "The host did not answer."));
    }, CONNECT_MS);
    port1.onmessage = ({ data }: MessageEvent<Connected>) => {
      if (data?.type !== "connected" || data.nonce !== mine) return;
      clearTimeout(timer);
      const link = new Link(port1, data, (name, value) => hear(listeners, name, value));
      resolve({ told: data, ask: (method, params, waitMs) => link.ask(method, params, waitMs) });
    };
    const hello: Connect = { banshi: 1, type: "connect", version: VERSION, nonce: mine };
    window.parent.postMessage(hello, host, [port2]);
  });
}

/** Tell the listeners of an event; one that fails does not keep the others from hearing. */
function hear(listeners: Listeners, name: EventName, value: unknown): boolean {
  let handled = false;
  for (const listener of listeners.get(name) ?? [])
    try {
      handled = listener(value) === true || handled;
    } catch (error) {
      reportError(error);
    }
  return handled;
}

function hostOf({ told, ask }: Way, listeners: Listeners): Host {
  const able = new Set(told.capabilities), facts: Record<string, unknown> = { ...told };
  const session = renewed(() => ask("session", {}));
  const on = (name: EventName, listener: (value: any) => unknown) => {
    listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    return () => void listeners.get(name)?.delete(listener);
  };
  for (const fact of ["uiStyle", "region"] as const) on(fact, value => { facts[fact] = value; });
  const own = {
    on, session,
    can: (capability: string) => able.has(capability === "storage" ? "storageGet" : capability),
    call: (api: string, input: unknown, { timeoutMs, ...more }: CallOptions = {}) => ask("call", { api, input, ...more }, timeoutMs),
    storage: {
      get: (key: string) => ask("storageGet", { key }),
      set: (key: string, value: unknown, ifRevision?: string) => ask("storageSet", { key, value, ...given(ifRevision) }),
      remove: async (key: string, ifRevision?: string) => void await ask("storageRemove", { key, ...given(ifRevision) }),
      keys: () => ask("storageKeys", {}),
    },
  };
  return new Proxy(own, {
    get(has, name: string) {
      if (Object.hasOwn(has, name)) return has[name as keyof typeof has];
      if (Object.hasOwn(facts, name)) return facts[name];
      if (name === "then" || typeof name !== "string") return undefined; // it is no promise
      return (params?: object) => able.has(name) ? ask(name as Method, (params ?? {}) as never) : Promise.reject(unable(name));
    },
  }) as unknown as Host;
}

function given(ifRevision?: string): { ifRevision?: string } {
  return ifRevision === undefined ? {} : { ifRevision };
}

function unable(name: string): BridgeError {
  return new BridgeError("BRIDGE_UNSUPPORTED", `This host has no ${name}: ask can("${name}") first.`);
}
