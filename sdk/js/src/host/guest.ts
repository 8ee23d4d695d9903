/** One mini-app in its frame: who may speak, what is answered, and what it is told. */

import { BridgeError, refusalOf } from "../errors";
import { type Connect, type Connected, type EventName, type Events, PERSONAL, VERSION, nonce } from "../wire";
import { Bounds } from "./bounds";
import type { Occasion, Opening } from "./index";
import { clean, SHAPES } from "./shapes";

const SANDBOX = "allow-scripts allow-forms allow-same-origin";
const NONCE = /^[\w-]{16,64}$/;
const BACK_MS = 300;
const FLOOD = "The page said too much.";

type Answers = Map<string, (params: any, occasion: Occasion) => unknown>;

export class Guest {
  readonly frame: HTMLIFrameElement;
  readonly #opening: Opening;
  readonly #origin: string;
  readonly #answers: Answers;
  readonly #bounds = new Bounds(performance.now());
  readonly #backs = new Map<number, (handled: boolean) => void>();
  #port: MessagePort | undefined;
  #channel = "";
  #isBusy = false;
  #isCut = false;
  #events = 0;

  /** Made by `openMiniApp`. */
  constructor(opening: Opening, entry: URL, answers: Answers) {
    this.#opening = opening;
    this.#origin = entry.origin;
    this.#answers = answers;
    this.frame = document.createElement("iframe");
    this.frame.setAttribute("sandbox", SANDBOX);
    this.frame.setAttribute("allow", "");
    this.frame.referrerPolicy = "no-referrer";
    this.frame.title = opening.name;
    addEventListener("message", this.#heard);
    document.addEventListener("visibilitychange", this.#seen);
    const address = new URL(entry);
    const { region, uiStyle, token } = opening;
    address.hash = new URLSearchParams({ ...(token && { token }), region, uiStyle }).toString();
    this.frame.src = address.href;
    opening.into.append(this.frame);
  }

  /** Whether a page of the mini-app is connected. */
  get isConnected(): boolean {
    return this.#port !== undefined;
  }

  /** Tell the page of something; `uiStyle` and `region` are remembered for its next pages. */
  tell<E extends EventName>(name: E, ...[value]: Events[E] extends undefined ? [] : [Events[E]]): void {
    if (name === "uiStyle" || name === "region") Object.assign(this.#opening, { [name]: value });
    this.#send({ type: "event", name, value });
  }

  /** Ask the page to go back; resolves to whether it did: if not, the host goes back or closes it. */
  back(): Promise<boolean> {
    if (!this.#port) return Promise.resolve(false);
    return new Promise(resolve => {
      const eventId = ++this.#events;
      const settle = (handled: boolean) => {
        clearTimeout(timer);
        this.#backs.delete(eventId);
        resolve(handled);
      };
      const timer = setTimeout(() => settle(false), BACK_MS);
      this.#backs.set(eventId, settle);
      this.#send({ type: "event", name: "back", eventId });
    });
  }

  /** Take the mini-app away. */
  close(): void {
    this.tell("unloaded");
    this.#drop("The host closed the page.");
    removeEventListener("message", this.#heard);
    document.removeEventListener("visibilitychange", this.#seen);
    this.frame.remove();
  }

  readonly #seen = (): void => this.tell(document.hidden ? "hidden" : "shown");

  /** Hear who wants to connect: this frame alone, while it shows its own origin. */
  readonly #heard = ({ source, origin, data, ports }: MessageEvent): void => {
    if (source !== this.frame.contentWindow || origin !== this.#origin) return;
    const said = Object(data) as Partial<Connect>, [port] = ports;
    const fits = said.banshi === 1 && said.type === "connect" && NONCE.test(String(said.nonce)) && ports.length === 1;
    if (this.#isCut || !this.#bounds.take(performance.now()) || !fits || !port) return this.#inVain();
    this.#drop("Another page took its place.");
    this.#port = port;
    this.#channel = nonce();
    const channel = this.#channel;
    port.onmessage = event => this.#asked(event, port, channel);
    const { app, uiStyle, region, locale = "zh-CN" } = this.#opening;
    const told: Connected = {
      type: "connected", version: VERSION, nonce: String(said.nonce), channel, app, uiStyle, region, locale,
      capabilities: [...this.#answers.keys()].filter(name => Object.hasOwn(SHAPES, name)),
    };
    port.postMessage(told);
  };

  /** Answer one message of the page; each question that bears a number gets exactly one answer. */
  #asked({ data, ports }: MessageEvent, port: MessagePort, channel: string): void {
    const said = Object(data) as Record<string, unknown>, now = performance.now();
    for (const each of ports) each.close();
    if (said["channel"] !== channel || port !== this.#port) return this.#inVain();
    if (said["type"] === "ping") return this.#bounds.take(now) ? this.#send({ type: "pong" }) : this.#inVain();
    if (said["type"] === "handled") { // an answer of the page's: to each question of ours there is one
      const settle = this.#backs.get(said["eventId"] as number);
      return settle ? settle(said["handled"] === true) : this.#inVain();
    }
    const { actionId, method } = said;
    if (typeof actionId !== "number" || !Number.isSafeInteger(actionId) || typeof method !== "string") return this.#inVain();
    const tell = (answer: object) => { if (port === this.#port) port.postMessage({ channel, actionId, ...answer }); };
    if (!this.#bounds.take(now)) {
      tell({ error: refusalOf(new BridgeError("RATE_LIMITED", "Too many questions at once.", { retry_after_s: "1" })) });
      return this.#inVain();
    }
    void this.#answer(method, said["params"]).then(tell);
  }

  async #answer(method: string, params: unknown): Promise<object> {
    this.#bounds.underWay += 1;
    try {
      return { result: await this.#do(method, params) };
    } catch (error) {
      return { error: refusalOf(error) };
    } finally {
      this.#bounds.underWay -= 1;
    }
  }

  async #do(method: string, params: unknown): Promise<unknown> {
    const answer = this.#answers.get(method);
    if (!answer || !Object.hasOwn(SHAPES, method)) throw new BridgeError("BRIDGE_UNSUPPORTED", "This host does not do that.");
    const said = clean(SHAPES[method as keyof typeof SHAPES], params ?? {});
    const occasion = { isInvited: navigator.userActivation?.isActive ?? false };
    if (!PERSONAL.has(method)) return answer(said, occasion);
    if (this.#isBusy) throw new BridgeError("BRIDGE_BUSY", "Something else is before the citizen.");
    this.#isBusy = true;
    try {
      return await answer(said, occasion);
    } finally {
      this.#isBusy = false;
    }
  }

  #send(told: object): void {
    this.#port?.postMessage({ channel: this.#channel, ...told });
  }

  #inVain(): void {
    if (this.#isCut || !this.#bounds.strike(performance.now())) return;
    this.#isCut = true;
    this.#drop(FLOOD);
    this.#opening.onCut?.();
  }

  /** End the channel to whichever page has it. */
  #drop(why: string): void {
    this.#send({ type: "bye", why });
    if (this.#port) this.#port.onmessage = null;
    this.#port?.close();
    this.#port = undefined;
    for (const settle of [...this.#backs.values()]) settle(false);
  }
}
