/**
 * A store for scripts that read `localStorage` as they load, where the browser denies it to frames of another site.
 *
 * It lives as long as the page; without it the old gateway's own client ends before it has begun.
 */
/** Put brief stores in the place of those that are denied. */
export declare function lend(): void;
