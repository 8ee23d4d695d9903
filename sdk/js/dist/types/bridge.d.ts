/**
 * The page's side: `connect()` gives the host.
 *
 * A page in a frame speaks to the host that its own origin names, over a channel of its own.  A page that is opened
 * by itself (as native apps do) finds its token behind the `#` of its address and speaks to the platform alone.
 */
import { type Connected, type EventName, type Events, type Gives, type Kept, type KeptKey, type Method, type Session, type Takes, type UiStyle } from "./wire";
export { BridgeError } from "./errors";
export type { City, EventName, Events, Kept, KeptKey, MenuItem, Picked, Place, Session, UiStyle } from "./wire";
/** The APIs of your manifest; `miniapp types` fills it in. */
export interface Apis {
}
type ApiName = keyof Apis extends never ? string : keyof Apis & string;
type Input<K> = K extends keyof Apis ? Apis[K] extends {
    input: infer I;
} ? I : unknown : unknown;
type Output<K> = K extends keyof Apis ? Apis[K] extends {
    output: infer O;
} ? O : unknown : any;
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
    set(key: string, value: unknown, ifRevision?: string): Promise<{
        revision: string;
    }>;
    remove(key: string, ifRevision?: string): Promise<void>;
    keys(): Promise<KeptKey[]>;
}
type Unsaid = "session" | "call" | "storageGet" | "storageSet" | "storageRemove" | "storageKeys";
type Lax<T> = [T] extends [Record<string, never>] ? void : Partial<T> | void;
type Device = {
    [M in Exclude<Method, Unsaid>]: (params: Lax<Takes<M>>) => Promise<Gives<M>>;
};
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
/**
 * Connect to the host, once for a page.
 *
 * Throws: BridgeError BRIDGE_NO_HOST when nobody answers, or the page was opened without a citizen.
 */
export declare function connect(): Promise<Host>;
