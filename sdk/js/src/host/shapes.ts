/** What a page may say to each method: only known fields, of known kinds and lengths, reach the host app. */

import { BridgeError } from "../errors";
import { type Method, parsed } from "../wire";

export const MOST_CHARACTERS = 512 * 1024; // of one message, as the gateway takes bytes
const DEEPEST = 32;
const POISON = new Set(["__proto__", "constructor", "prototype"]);

/** Returns the value as it may be used, undefined where it may be left out; throws where it is not fit. */
type Field = (value: unknown, name: string) => unknown;
type Shape = Record<string, Field>;

function unfit(name: string, problem: string): BridgeError {
  return new BridgeError("INVALID_INPUT", `${name}: ${problem}`, { field: name, problem });
}

/** Text of at most so many characters; `or` is what it is when nothing is said. */
function text(most: number, or?: string): Field {
  return (value, name) => {
    if (value === undefined && or !== undefined) return or;
    if (typeof value !== "string") throw unfit(name, "expected text");
    if (value.length > most) throw unfit(name, `expected at most ${most} characters`);
    return value;
  };
}

function number(least: number, most: number, or: number): Field {
  return (value, name) => {
    if (value === undefined) return or;
    if (typeof value !== "number" || !(value >= least && value <= most)) throw unfit(name, `expected ${least} to ${most}`);
    return value;
  };
}

function one(...of: string[]): Field {
  return (value, name) => {
    if (value === undefined) return of[0];
    if (!of.includes(value as string)) throw unfit(name, `expected one of ${of.join(", ")}`);
    return value;
  };
}

function list(most: number, each: Field): Field {
  return (value, name) => {
    if (value === undefined) return [];
    if (!Array.isArray(value) || value.length > most) throw unfit(name, `expected a list of at most ${most}`);
    return value.map(item => each(item, name));
  };
}

function maybe(field: Field): Field {
  return (value, name) => value === undefined ? undefined : field(value, name);
}

const flag: Field = (value, name) => {
  if (value !== undefined && typeof value !== "boolean") throw unfit(name, "expected true or false");
  return value ?? false;
};

const phone: Field = (value, name) => {
  if (typeof value !== "string" || !/^\+?[0-9*#-]{3,20}$/.test(value)) throw unfit(name, "expected a telephone number");
  return value;
};

/** An address of the web: no script, no file, nobody's password in it. */
const address: Field = (value, name) => {
  const url = typeof value === "string" && value.length <= 2_000 ? parsed(value) : undefined;
  if (!url || !["https:", "http:"].includes(url.protocol) || url.username || url.password) throw unfit(name, "expected https://…");
  return url.href;
};

/** Anything that JSON holds, and nothing else that a message can carry. */
const json: Field = (value, name) => {
  new Plain(name).look(value, 0);
  return value ?? null;
};

/** Looks through one value, and stops where it is more than is taken. */
class Plain {
  #left = MOST_CHARACTERS;

  constructor(readonly name: string) {}

  look(value: unknown, depth: number): void {
    this.#count(typeof value === "string" ? value.length : 1);
    if (value === null || value === undefined || ["string", "boolean"].includes(typeof value)) return;
    if (typeof value === "number" && Number.isFinite(value)) return;
    const proto: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
    const isPlain = proto === Object.prototype || proto === Array.prototype;
    if (!isPlain || depth >= DEEPEST) throw unfit(this.name, "expected plain JSON");
    for (const key of Object.keys(value as object)) {
      if (POISON.has(key)) throw unfit(this.name, `expected no field ${key}`);
      this.#count(key.length);
      this.look((value as Record<string, unknown>)[key], depth + 1);
    }
  }

  #count(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw new BridgeError("BODY_TOO_LARGE", "The body is too long.");
  }
}

const shaped = (shape: Shape): Field => (value, name) => clean(shape, value, name);

const TITLE = text(60, ""), MESSAGE = text(500, ""), LABEL = text(20), KEY = text(64), REVISION = maybe(text(100));

export const SHAPES: Record<Method, Shape> = {
  session: {},
  call: { api: text(100), input: json, idempotencyKey: maybe(text(100)) },
  storageGet: { key: KEY },
  storageSet: { key: KEY, value: json, ifRevision: REVISION },
  storageRemove: { key: KEY, ifRevision: REVISION },
  storageKeys: {},
  ssoTicket: {},
  getUserType: {},
  verifyFace: {},
  setTitle: { title: TITLE },
  setMenu: { items: list(6, shaped({ id: text(40), text: LABEL, iconUrl: maybe(address) })) },
  openLink: { url: address },
  close: {},
  phoneCall: { number: phone },
  sms: { number: phone, text: MESSAGE },
  getLocation: { reason: text(60, "") },
  getNetworkType: {},
  setClipboardData: { text: text(10_000) },
  getCity: {},
  selectCity: {},
  chooseImage: { count: number(1, 9, 1) },
  chooseFile: { type: text(100, ""), count: number(1, 9, 1) },
  saveImage: { url: address },
  downloadFile: { url: address },
  scan: { type: one("qrCode") },
  pay: { platform: number(1, 3, 1), credential: text(10_000), inSandBox: flag },
  share: { url: address, title: TITLE, content: MESSAGE, image: text(2_000, ""), channel: text(20, "") },
  toast: { message: text(100, ""), type: one("none", "success", "fail", "exception"), duration: number(0, 10_000, 2_000) },
  alert: { title: TITLE, message: MESSAGE, buttonName: text(20, "") },
  confirm: { title: TITLE, message: MESSAGE, buttonLabels: list(3, LABEL) },
  prompt: { title: TITLE, message: MESSAGE, placeholder: TITLE, inputType: one("text", "number"), buttonLabels: list(2, LABEL) },
  actionSheet: { title: TITLE, items: list(20, text(60)), cancelButton: text(20, "") },
  showPreloader: { text: text(30, ""), delay: number(0, 10_000, 0) },
  hidePreloader: {},
};

/**
 * Return what a page says, as far as the shape knows it.
 *
 * Throws: BridgeError INVALID_INPUT with the place of the fault, BODY_TOO_LARGE.
 */
export function clean(shape: Shape, said: unknown, name = "params"): Record<string, unknown> {
  if (typeof said !== "object" || said === null || Array.isArray(said)) throw unfit(name, "expected fields");
  const made: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(shape)) {
    const value = field(Object.hasOwn(said, key) ? (said as Record<string, unknown>)[key] : undefined, `${name}.${key}`);
    if (value !== undefined) made[key] = value;
  }
  return made;
}
