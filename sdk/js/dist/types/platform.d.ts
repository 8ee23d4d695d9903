/** The platform over HTTP, with a mini-app's own token: calls of its back end, and its store. */
import type { Gives, Takes } from "./wire";
/** How to reach the platform: `base` is "" at the mini-app's own origin. */
export interface Line {
    base: string;
    app: string;
    /** Gives the token; `isRefused` is the one that the platform did not take any more. */
    token(isRefused?: string): Promise<string>;
    isElder(): boolean;
}
/** Call an API of the back end; a token that has ended is renewed once, since such a call was not passed on. */
export declare function callApi(line: Line, { api, input, idempotencyKey }: Takes<"call">): Promise<unknown>;
/** The store that the mini-app has of its citizen, by consent to storage:keep. */
export declare function storeOf(line: Line): {
    storageGet({ key }: Takes<"storageGet">): Promise<Gives<"storageGet">>;
    storageSet({ value, ...more }: Takes<"storageSet">): Promise<Gives<"storageSet">>;
    storageRemove(more: Takes<"storageRemove">): Promise<object>;
    storageKeys(): Promise<Gives<"storageKeys">>;
};
