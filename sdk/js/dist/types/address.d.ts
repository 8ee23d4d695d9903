/** A page that is not in a frame: the token stands behind the `#` of its address, and no host is there to ask. */
import type { Way } from "./bridge";
/**
 * Return the way of a page by what its address told.
 *
 * Throws: BridgeError BRIDGE_NO_HOST without a token.
 */
export declare function byAddress(app: string, told: URLSearchParams): Way;
