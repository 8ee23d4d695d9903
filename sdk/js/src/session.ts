/** A session that is asked for once for as long as it lives. */

import type { Session } from "./wire";

const EARLY_MS = 10_000; // it is renewed so long before its end

/** Return what asks for a session once for as long as it lives, and once at a time. */
export function renewed(ask: () => Promise<Session> | Session): () => Promise<Session> {
  let held: Promise<Session> | undefined, until = 0;
  return async () => {
    if (!held || Date.now() >= until) {
      until = Infinity;
      held = (async () => ask())();
      held.catch(() => { held = undefined; });
    }
    const mine = held, got = await mine;
    if (until === Infinity && held === mine) until = Date.now() + Math.max(1_000, got.expiresIn * 1_000 - EARLY_MS);
    return { ...got, expiresIn: Math.max(0, Math.round((until + EARLY_MS - Date.now()) / 1_000)) };
  };
}
