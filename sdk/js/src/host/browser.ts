/** What a host app in a browser can do with the browser's own means; it asks before what concerns the citizen. */

import { BridgeError } from "../errors";
import type { Picked, Place } from "../wire";
import type { Hooks } from "./index";

type Ask = (question: string) => Promise<boolean>;

const PLACE_MS = 15_000;

/**
 * Return hooks for place, clipboard, images and files, sharing, telephone and network; for codes, where the browser reads them.
 *
 * `ask` puts a question to the citizen and resolves to whether he says yes; what he says no to is BRIDGE_DENIED.
 */
export function browserHooks(name: string, ask: Ask): Omit<Hooks, "session"> {
  const asked = async (question: string) => {
    if (!await ask(question)) throw new BridgeError("BRIDGE_DENIED", "The citizen said no.");
  };
  return {
    async getLocation({ reason }) {
      await asked(`“${name}”想知道您的位置${reason && `：${reason}`}`);
      return place();
    },
    async setClipboardData({ text }, { isInvited }) {
      if (!isInvited) await asked(`“${name}”想复制内容到剪贴板`);
      await navigator.clipboard.writeText(text);
      return {};
    },
    chooseImage: ({ count }) => pick("image/*", count),
    chooseFile: ({ type, count }) => pick(type, count),
    async phoneCall({ number }) {
      await asked(`拨打 ${number}？`);
      location.href = `tel:${number}`;
      return {};
    },
    async sms({ number, text }) {
      await asked(`给 ${number} 发短信？`);
      location.href = `sms:${number}?body=${encodeURIComponent(text)}`;
      return {};
    },
    getNetworkType: () => ({ result: network() }),
    ...("BarcodeDetector" in globalThis && { scan: read } satisfies Pick<Hooks, "scan">),
    ...("share" in navigator && {
      async share({ url, title, content }) {
        await navigator.share({ url, title, text: content }).catch(() => {
          throw new BridgeError("BRIDGE_CANCELLED", "It was not shared.");
        });
        return {};
      },
    } satisfies Pick<Hooks, "share">),
  };
}

function place(): Promise<Place> {
  return new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(
    ({ coords: { longitude, latitude, accuracy } }) => resolve({ longitude, latitude, accuracy }),
    ({ code }) => reject(code === 1
      ? new BridgeError("BRIDGE_DENIED", "The device does not tell where it is.")
      : new BridgeError("UNAVAILABLE", "The place was not found.")),
    { timeout: PLACE_MS },
  ));
}

interface Detector {
  detect(image: ImageBitmap): Promise<{ rawValue: string }[]>;
}

/** Let the citizen take a picture of a code, and read it: the page gets what the code says, and not the picture. */
async function read(): Promise<{ text: string }> {
  const Detector = (globalThis as unknown as { BarcodeDetector: new (of: object) => Detector }).BarcodeDetector;
  const [taken] = await pick("image/*", 1, "environment");
  const image = await createImageBitmap(taken!.file);
  const [found] = await new Detector({ formats: ["qr_code"] }).detect(image);
  if (!found) throw new BridgeError("BRIDGE_FAILED", "There is no code in the picture.");
  return { text: found.rawValue };
}

/** Let the citizen choose files by the browser's own dialogue. */
function pick(accept: string, count: number, capture = ""): Promise<Picked[]> {
  const input = Object.assign(document.createElement("input"), { type: "file", accept, capture, multiple: count > 1 });
  return new Promise((resolve, reject) => {
    input.oncancel = () => reject(new BridgeError("BRIDGE_CANCELLED", "Nothing was chosen."));
    input.onchange = () => resolve([...input.files ?? []].slice(0, count).map(file => ({ name: file.name, type: file.type, file })));
    input.click();
  });
}

function network(): string {
  const told = (navigator as { connection?: { type?: string; effectiveType?: string } }).connection;
  if (!navigator.onLine) return "none";
  return told?.type === "wifi" ? "wifi" : told?.effectiveType?.replace("slow-", "") ?? "unknown";
}
