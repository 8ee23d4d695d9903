/** A session that is asked for once for as long as it lives. */
import type { Session } from "./wire";
/** Return what asks for a session once for as long as it lives, and once at a time. */
export declare function renewed(ask: () => Promise<Session> | Session): () => Promise<Session>;
