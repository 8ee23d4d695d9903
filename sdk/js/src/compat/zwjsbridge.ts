/**
 * `ZWJSBridge` 1.1.0 for pages that were written for the old host app: each of its methods, by the bridge.
 *
 * Results and numbers of errors are the old ones; a rejection is an Error with `errorCode` and `errorMessage`.
 * Names and numbers of persons are neither sent nor kept.
 */

import { BridgeError, connect, type Host } from "../bridge";
import { beacon } from "./beacon";
import { entered } from "./entering";
import { choose, upload } from "./files";
import { keeper } from "./kept";
import { type Called, mgop } from "./mgop";
import { OldError } from "./refused";
import { lend } from "./storing";

type Numbers = Partial<Record<string, number>> & { other: number };

/** Do something with the host; what it refuses has the old number for its code. */
async function by<T>(numbers: Numbers, act: (host: Host) => T | Promise<T>): Promise<T> {
  try {
    return await act(await connect());
  } catch (error) {
    const { code, message } = error instanceof BridgeError ? error : new BridgeError("BRIDGE_FAILED", String(error));
    throw new OldError(numbers[code] ?? numbers.other, message, code);
  }
}

const PLAIN: Numbers = { other: -1, BRIDGE_NO_HOST: 5 };
const PLACE: Numbers = { other: 1002, BRIDGE_DENIED: 1001, BRIDGE_NO_HOST: 5 };
const CAMERA: Numbers = { other: 1001, BRIDGE_DENIED: 1002, BRIDGE_NO_HOST: 5 };
const SHARE: Numbers = { other: 1002, BRIDGE_CANCELLED: -1, BRIDGE_UNSUPPORTED: 1001, BRIDGE_NO_HOST: 5 };
const PAY: Numbers = { other: 40000, BRIDGE_CANCELLED: 6001, BRIDGE_BUSY: 5000, BRIDGE_TIMEOUT: 60004, UNAVAILABLE: 60002 };
const FACE: Numbers = { other: 1001, INVALID_INPUT: 1003 };

const kept = keeper();
lend(); // after `keeper`, which keeps only what lasts
const done = { result: "success" };
let menu: (picked: { id?: string }) => void = () => {};

async function session(host: Host): Promise<{ sub?: string; region?: string }> {
  return host.can("session") ? host.session() : {};
}

async function city(host: Host, method: "getCity" | "selectCity") {
  const { code, name } = host.can(method) ? await host[method]() : { code: host.region, name: "" };
  return { cityId: code, cityName: name, webId: "", orgCode: "" };
}

const bridge = {
  onReady(then: () => void): void {
    entered.then(() => then()); // without a host, too: its methods then say so
  },

  ssoTicket: () => by(PLAIN, async host => host.can("ssoTicket") ? host.ssoTicket() : { result: false }),
  getUserType: () => by(PLAIN, async host => host.can("getUserType") ? host.getUserType() : { userType: "1" }),
  zmAuthentication: () => by(FACE, async host => ({ status: "success", msg: "", pass: true, ...await host.verifyFace() })),

  setLocalStorage: ({ key, value }: { key: string; value: string }) => by(PLAIN, async host => {
    kept(await session(host)).set(key, String(value));
    return done;
  }),
  getLocalStorage: (asked?: { key: string }) => by(PLAIN, async host => kept(await session(host)).get(asked?.key)),
  removeLocalStorage: ({ key }: { key: string }) => by(PLAIN, async host => {
    kept(await session(host)).remove(key);
    return done;
  }),

  setTitle: ({ title = "" }: { title?: string }) => by(PLAIN, async host => {
    document.title = title;
    if (host.can("setTitle")) await host.setTitle({ title });
    return done;
  }),
  setMenu: ({ items = [] }: { items?: { id?: string; text?: string; iconUrl?: string }[] }) => by(PLAIN, async host => {
    menu({}); // whoever waited for the menu before is told that nothing was chosen
    await host.setMenu({ items: items.map(({ id = "", text = "" }) => ({ id, text })) });
    return new Promise<{ id?: string }>(resolve => {
      const stops = [host.on("menu", picked => menu(picked)), host.on("unloaded", () => menu({}))];
      menu = picked => {
        for (const stop of stops) stop();
        resolve(picked);
      };
    });
  }),
  openLink: ({ url = "", type }: { url?: string; type?: "reload" }) => by(PLAIN, async host => {
    if (type === "reload" && host.can("ssoTicket")) return { ticketId: (await host.ssoTicket()).ticketId };
    const to = new URL(url, location.href);
    if (to.origin === location.origin) location.assign(to.href);
    else await host.openLink({ url: to.href });
    return {};
  }),
  close: () => by(PLAIN, host => host.close()),

  phoneCall: ({ corpId }: { corpId: string }) => by(PLAIN, host => host.phoneCall({ number: corpId })),
  sms: ({ phoneNumber = "", text = "" } = {}) => by(PLAIN, host => host.sms({ number: phoneNumber, text })),
  getLocation: () => by(PLACE, async host => {
    const none = { cityName: "", region: "", townCode: "", detailAddress: "" };
    return { ...none, ...await host.getLocation({ reason: "" }) };
  }),
  getUUID: () => by(PLAIN, async host => ({ uuid: kept(await session(host)).own("uuid", () => crypto.randomUUID()) })),
  getNetworkType: () => by(PLAIN, async host =>
    host.can("getNetworkType") ? host.getNetworkType() : { result: navigator.onLine ? "unknown" : "none" }),
  setClipboardData: ({ text }: { text: string }) => by(PLAIN, host => host.setClipboardData({ text })),
  getClipboardData: () => Promise.reject(new OldError(-1, "withdrawn, since it reads what is not the page's", "BRIDGE_UNSUPPORTED")),

  monitorTrace: (_told?: object) => by(PLAIN, async host => {
    await beacon(host, "page_event");
    return {};
  }),
  getCurrentLocationCity: () => by(PLACE, host => city(host, "getCity")),
  selectCity: () => by(PLAIN, host => city(host, "selectCity")),
  chooseImage: ({ upload = false } = {}) => by({ ...CAMERA, BODY_TOO_LARGE: 1004 }, async host => {
    if (upload) throw new BridgeError("BODY_TOO_LARGE", "Images have no public address here: send them to an API of your own.");
    return { picSrc: await choose(host), picPath: [] };
  }),
  saveImage: ({ url }: { url: string }) => by(PLAIN, host => host.saveImage({ url: new URL(url, location.href).href })),
  uploadFile: (asked: { type?: string; url: string; count?: number }) => by(PLAIN, host => upload(host, asked)),
  downloadFile: ({ url }: { url: string }) => by(PLAIN, async host => {
    await host.downloadFile({ url: new URL(url, location.href).href });
    return { success: true };
  }),
  scan: (_asked?: { type: "qrCode" }) => by(CAMERA, host => host.scan({ type: "qrCode" })),
  pay: (asked: { platform: 1 | 2 | 3; credential: string; inSandBox?: boolean }) => by(PAY, host => host.pay(asked)),

  confirm: (asked: { title?: string; message?: string; buttonLabels?: string[] } = {}) => by(PLAIN, host => host.confirm(asked)),
  alert: (asked: { title?: string; message?: string; buttonName?: string } = {}) => by(PLAIN, host => host.alert(asked)),
  toast: (asked: { type?: string; message?: string; duration?: number } = {}) => by(PLAIN, host => host.toast(asked)),
  prompt: ({ cancelButton = "取消", confirmButton = "确定", inputType, ...asked }: Record<string, string> = {}) =>
    by(PLAIN, host => host.prompt({
      ...asked, inputType: inputType === "number" ? "number" : "text", buttonLabels: [cancelButton, confirmButton],
    })),
  actionSheet: ({ title, otherButtons = [], cancelButton = "" }: { title: string; otherButtons: string[]; cancelButton?: string }) =>
    by(PLAIN, async host => {
      const { buttonIndex } = await host.actionSheet({ title, items: otherButtons, cancelButton });
      return { buttonIndex, value: otherButtons[buttonIndex] ?? "" };
    }),
  showPreloader: (asked: { text?: string; delay?: number } = {}) => by(PLAIN, host => host.showPreloader(asked)),
  hidePreloader: () => by(PLAIN, host => host.hidePreloader()),
  share: (asked: { url: string; title?: string; content?: string; image?: string }) => by(SHARE, host => host.share(asked)),
  directShare: (asked: { url: string; channel?: string }) => by(SHARE, host => host.share(asked)),
  getUiStyle: () => by(PLAIN, host => ({ uiStyle: host.uiStyle })),

  /** Withdrawn by its makers in favour of mgop, which is what it calls. */
  egop: (asked: Called = {}) => mgop(asked),
};

// by this word old pages know that they are inside the app, and not in some browser
const agent = navigator.userAgent;
Object.defineProperty(navigator, "userAgent", { configurable: true, get: () => `${agent} dtdreamweb` });
Object.assign(window, { ZWJSBridge: bridge });
