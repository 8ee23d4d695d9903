/** A page that is not in a frame: the token stands behind the `#` of its address, and no host is there to ask. */

import type { Way } from "./bridge";
import { BridgeError } from "./errors";
import { callApi, type Line, storeOf } from "./platform";
import { type Method, type UiStyle, VERSION } from "./wire";

const LIFE_S = 600; // of a token, unless the address says otherwise

/**
 * Return the way of a page by what its address told.
 *
 * Throws: BridgeError BRIDGE_NO_HOST without a token.
 */
export function byAddress(app: string, told: URLSearchParams): Way {
  const token = told.get("token");
  if (!token) throw new BridgeError("BRIDGE_NO_HOST", "This page was opened without a citizen.");
  const uiStyle: UiStyle = told.get("uiStyle") === "elder" ? "elder" : "normal", region = told.get("region") ?? "";
  const until = Date.now() + 1_000 * Number(told.get("expiresIn") ?? LIFE_S);
  const line: Line = { base: "", app, token: async () => token, isElder: () => uiStyle === "elder" };
  const known: Partial<Record<Method, (params: any) => Promise<unknown>>> = {
    ...storeOf(line),
    session: async () => ({ token, expiresIn: Math.max(0, Math.round((until - Date.now()) / 1_000)), region }),
    call: params => callApi(line, params),
  };
  return {
    told: { version: VERSION, app, uiStyle, region, locale: "zh-CN", capabilities: Object.keys(known) },
    ask: (method, params) => known[method]!(params) as never,
  };
}
