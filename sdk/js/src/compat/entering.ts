/**
 * The session of this origin, by which the platform knows who calls at `/h5/mgop`: no script reads it.
 *
 * It is made before an old page hears that it is ready, in the name of whoever the host shows the page to, and again while the
 * page is shown, since the old wire renews it only by calls.
 */

import { connect, type Host } from "../bridge";

const AGAIN_MS = 240_000; // what lies in the cookie is good for ten minutes
const PATIENCE_MS = 10_000;

async function enter(host: Host): Promise<void> {
  const { token } = host.can("session") ? await host.session() : { token: "" };
  if (!token) return;
  const headers = { "content-type": "application/json" }, signal = AbortSignal.timeout(PATIENCE_MS);
  await fetch("/h5/enter", { method: "POST", headers, body: JSON.stringify({ token }), signal });
}

async function begin(): Promise<void> {
  const host = await connect();
  let since = Date.now();
  const again = () => {
    if (document.hidden || Date.now() - since < AGAIN_MS) return;
    since = Date.now();
    enter(host).catch(() => {});
  };
  setInterval(again, AGAIN_MS / 4);
  host.on("shown", again);
  await enter(host);
}

/** Settles once the session is there, or cannot be had: then calls at `/h5/mgop` say so. */
export const entered: Promise<void> = begin().catch(() => {});
