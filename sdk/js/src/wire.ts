/** What goes over the channel between a page and its host, and what each method takes and gives. */

export const VERSION = "1.1";
export const WHERE = "/.banshi/host.json"; // at the page's own origin: who may be its host

export type UiStyle = "normal" | "elder";

/** The first message of a page, to its host's exact origin, with one port of a channel. */
export interface Connect {
  banshi: 1;
  type: "connect";
  version: string;
  nonce: string;
}

/** The host's answer on the port: `nonce` is the page's own, `channel` stands in every message from now on. */
export interface Connected {
  type: "connected";
  version: string;
  nonce: string;
  channel: string;
  app: string;
  uiStyle: UiStyle;
  region: string;
  locale: string;
  capabilities: string[];
}

/** What the page asks, by number; it is answered with `result` or `error` under the same number. */
export interface Ask {
  channel: string;
  actionId: number;
  method: string;
  params: unknown;
}

/** The right of this page for its citizen: `token` is for this mini-app alone and lives `expiresIn` seconds. */
export interface Session {
  token: string;
  expiresIn: number;
  sub?: string;
  region?: string;
  level?: number;
}

export interface Place {
  longitude: number;
  latitude: number;
  accuracy?: number;
  cityName?: string;
  region?: string;
  townCode?: string;
  detailAddress?: string;
}

export interface City {
  code: string;
  name: string;
}

export interface Kept {
  value: unknown;
  revision: string;
}

export interface KeptKey {
  key: string;
  size: number;
  revision: string;
}

export interface Picked {
  name: string;
  type: string;
  file: Blob;
}

export interface MenuItem {
  id: string;
  text: string;
  iconUrl?: string;
}

type Nothing = Record<string, never>;

/** Everything that a host may offer: name: [what it takes, what it gives]. */
export interface Methods {
  session: [Nothing, Session];
  call: [{ api: string; input: unknown; idempotencyKey?: string }, unknown];
  storageGet: [{ key: string }, Kept | null];
  storageSet: [{ key: string; value: unknown; ifRevision?: string }, { revision: string }];
  storageRemove: [{ key: string; ifRevision?: string }, object];
  storageKeys: [Nothing, KeptKey[]];
  ssoTicket: [Nothing, { result: boolean; ticketId?: string }];
  getUserType: [Nothing, { userType: "0" | "1" | "2" }];
  verifyFace: [Nothing, { passId: string }];
  setTitle: [{ title: string }, object];
  setMenu: [{ items: MenuItem[] }, object];
  openLink: [{ url: string }, object];
  close: [Nothing, object];
  phoneCall: [{ number: string }, object];
  sms: [{ number: string; text: string }, object];
  getLocation: [{ reason: string }, Place];
  getNetworkType: [Nothing, { result: string }];
  setClipboardData: [{ text: string }, object];
  getCity: [Nothing, City];
  selectCity: [Nothing, City];
  chooseImage: [{ count: number }, Picked[]];
  chooseFile: [{ type: string; count: number }, Picked[]];
  saveImage: [{ url: string }, object];
  downloadFile: [{ url: string }, object];
  scan: [{ type: "qrCode" }, { text: string }];
  pay: [{ platform: number; credential: string; inSandBox: boolean }, object];
  share: [{ url: string; title: string; content: string; image: string; channel: string }, object];
  toast: [{ message: string; type: string; duration: number }, object];
  alert: [{ title: string; message: string; buttonName: string }, object];
  confirm: [{ title: string; message: string; buttonLabels: string[] }, { buttonIndex: number }];
  prompt: [
    { title: string; message: string; placeholder: string; inputType: string; buttonLabels: string[] },
    { buttonIndex: number; value: string },
  ];
  actionSheet: [{ title: string; items: string[]; cancelButton: string }, { buttonIndex: number }];
  showPreloader: [{ text: string; delay: number }, object];
  hidePreloader: [Nothing, object];
}

export type Method = keyof Methods;
export type Takes<M extends Method> = Methods[M][0];
export type Gives<M extends Method> = Methods[M][1];

/** Methods that wait for a person; of these one at a time is before him. */
export const PERSONAL: ReadonlySet<string> = new Set<Method>([
  "alert", "confirm", "prompt", "actionSheet", "getLocation", "scan", "chooseImage", "chooseFile", "saveImage", "downloadFile",
  "share", "selectCity", "pay", "ssoTicket", "verifyFace", "openLink", "phoneCall", "sms",
]);

/** What a host tells by itself: name: what comes along. */
export interface Events {
  uiStyle: UiStyle;
  region: string;
  shown: undefined;
  hidden: undefined;
  unloaded: undefined;
  back: undefined;
  menu: { id: string };
}

export type EventName = keyof Events;

/** Return 128 random bits that nobody guesses, in hexadecimal. */
export function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, each => each.toString(16).padStart(2, "0")).join("");
}

/** Return an address as the web reads it; undefined: it is none. */
export function parsed(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
