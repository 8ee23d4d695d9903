/**
 * The host app's side: `openMiniApp()` shows a mini-app in a frame of its own origin and answers its page.
 *
 * What a page may do is decided by the platform, by the scopes of the token that it is given; here it is only told
 * what this host can do at all, and everything that it says is looked at before a hook of the host app sees it.
 */

import { BridgeError } from "../errors";
import { callApi, type Line, storeOf } from "../platform";
import { renewed } from "../session";
import { type Gives, type Method, parsed, type Session, type Takes, type UiStyle } from "../wire";
import { Guest } from "./guest";

export { BridgeError } from "../errors";
export { Guest } from "./guest";
export { browserHooks } from "./browser";
export type { City, EventName, Events, Gives, MenuItem, Method, Methods, Picked, Place, Session, Takes, UiStyle } from "../wire";

/** What goes along with each question: `isInvited`: the citizen has just tapped or typed something. */
export interface Occasion {
  isInvited: boolean;
}

/**
 * What this host app does for a page: a function for each method that it has, each with the cleaned parameters.
 * Throw a BridgeError to refuse (BRIDGE_DENIED, BRIDGE_CANCELLED, …).  What is left out the page is told that the
 * host does not have.  `call` and the store need no hook.
 */
export type Hooks = {
  [M in Method]?: (params: Takes<M>, occasion: Occasion) => Promise<Gives<M>> | Gives<M>;
} & {
  /** A right for the mini-app: `openMiniApp` of the platform's API once more. */
  session: () => Promise<Session> | Session;
};

export interface Opening {
  /** The element that gets the frame. */
  into: Element;
  /** Id of the mini-app. */
  app: string;
  /** As citizens read it: the frame's title. */
  name: string;
  /** The address of its start page, on its own origin. */
  entry: string;
  /** What its token gives; store methods are not offered without storage:keep. */
  scopes: readonly string[];
  uiStyle: UiStyle;
  region: string;
  locale?: string;
  /** Left out, unless it is for pages that speak no bridge: they find it behind the `#` of their address. */
  token?: string;
  /** Where the platform is; left out: this page's own origin. */
  platform?: string;
  hooks: Hooks;
  /** The citizen has to agree (again) to a scope; true: he did, so ask once more. */
  onConsentNeeded?: (scope: string) => Promise<boolean>;
  /** The page was cut off, since it flooded the host. */
  onCut?: () => void;
}

/**
 * Show a mini-app.
 *
 * Throws: BridgeError BRIDGE_ORIGIN when `entry` is not on another origin of the web than this page.
 */
export function openMiniApp(opening: Opening): Guest {
  const entry = parsed(opening.entry);
  if (!entry || !/^https?:$/.test(entry.protocol) || entry.origin === location.origin)
    throw new BridgeError("BRIDGE_ORIGIN", "A mini-app is shown from an origin of its own.");
  const mine = { ...opening }; // what changes while it is shown is the guest's
  return new Guest(mine, entry, methodsOf(mine));
}

/** Return what answers a page: the host's hooks, and what the platform does. */
function methodsOf(opening: Opening): Map<string, (params: any, occasion: Occasion) => unknown> {
  const { hooks, app, platform = "", scopes } = opening;
  const session = renewedAfter(hooks.session);
  const line: Line = {
    base: platform, app, isElder: () => opening.uiStyle === "elder",
    token: async refused => (await session(refused)).token,
  };
  const again = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      const needed = error instanceof BridgeError && error.code === "APP_CONSENT_NEEDED" && error.data["scope"];
      if (!needed || !await opening.onConsentNeeded?.(needed)) throw error;
      await session((await session()).token);
      return ask();
    }
  };
  const store = scopes.includes("storage:keep") ? storeOf(line) : {};
  const own = { call: (params: Takes<"call">) => again(() => callApi(line, params)), ...store };
  const all = Object.entries({ ...own, ...hooks, session: () => session() });
  return new Map(all.filter(([, answer]) => typeof answer === "function"));
}

/** Return what asks for a session when there is none, or the one that there is was refused. */
function renewedAfter(ask: Hooks["session"]): (refused?: string) => Promise<Session> {
  let get = renewed(ask);
  return async refused => {
    const held = await get();
    if (held.token !== refused) return held;
    get = renewed(ask);
    return get();
  };
}
