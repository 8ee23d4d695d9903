/** Telling the platform that something happened on a page: a word, and nothing of whom. */
import type { Host } from "../bridge";
export type What = "page_view" | "page_event" | "page_error";
/** Tell it; whether it arrives is nobody's concern. */
export declare function beacon(host: Host, what: What): Promise<void>;
