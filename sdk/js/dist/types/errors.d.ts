/** What can go wrong between a page and its host: one class, told apart by `code`. */
/** What a refusal looks like on the wire. */
export interface Refusal {
    code: string;
    message: string;
    data?: Record<string, string>;
    retryable?: boolean;
}
/**
 * A refusal that the page can act on.
 *
 * `code` is one of the platform's (docs/errors.md), one of the mini-app's own back end, or one that begins with
 * `BRIDGE_` (docs/bridge.md).  `retryable`: the same call may work later without changes.  `data` holds the values
 * that the message names.
 */
export declare class BridgeError extends Error {
    readonly name = "BridgeError";
    readonly code: string;
    readonly retryable: boolean;
    readonly data: Readonly<Record<string, string>>;
    /** Scripts of one page share a connection, and each may bring a copy of this class. */
    static [Symbol.hasInstance](thrown: unknown): boolean;
    constructor(code: string, message: string, data?: Record<string, string>, retryable?: boolean);
}
/** Return what is thrown as it goes over the wire; what is no BridgeError tells nothing of itself. */
export declare function refusalOf(thrown: unknown): Refusal;
/** Return the error of a refusal that came over the wire, whatever it is made of; `status` is that of HTTP. */
export declare function errorOf(told: unknown, status?: number): BridgeError;
