/** One channel to the host, seen from the page: every question is settled, whatever becomes of the host. */

import { BridgeError, errorOf } from "./errors";
import { type Ask, type Connected, type EventName, type Gives, type Method, PERSONAL, type Takes } from "./wire";

const QUICK_MS = 25_000, PERSONAL_MS = 600_000, BEAT_MS = 5_000;
const LOST_BEATS = 3; // so many without an answer, and the host is gone

interface Waiting {
  resolve(result: unknown): void;
  reject(error: BridgeError): void;
  timer: ReturnType<typeof setTimeout>;
}

/** What tells of an event; what it returns is whether somebody took care of it. */
export type Hear = (name: EventName, value: unknown) => boolean;

export class Link {
  readonly #port: MessagePort;
  readonly #channel: string;
  readonly #hear: Hear;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #beats = 0;
  #beat: ReturnType<typeof setInterval> | undefined;
  #over: BridgeError | undefined;

  constructor(port: MessagePort, { channel }: Pick<Connected, "channel">, hear: Hear) {
    this.#port = port;
    this.#channel = channel;
    this.#hear = hear;
    port.onmessage = ({ data }) => this.#take(Object(data));
    port.addEventListener("close", () => this.end("The host is gone."));
  }

  /** Ask the host; rejects with a BridgeError at the latest when its time is over. */
  ask<M extends Method>(method: M, params: Takes<M>, waitMs?: number): Promise<Gives<M>> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#over);
      const actionId = ++this.#last;
      const late = () => this.#settle(actionId)?.reject(new BridgeError("BRIDGE_TIMEOUT", `${method} took too long.`));
      const timer = setTimeout(late, waitMs ?? (PERSONAL.has(method) ? PERSONAL_MS : QUICK_MS));
      this.#waiting.set(actionId, { resolve: resolve as Waiting["resolve"], reject, timer });
      this.#watch();
      try {
        this.#port.postMessage({ channel: this.#channel, actionId, method, params } satisfies Ask);
      } catch { // something that cannot be sent, such as a function
        this.#settle(actionId)?.reject(new BridgeError("INVALID_INPUT", `${method}: this cannot be sent`));
      }
    });
  }

  /** End it: whatever waits is rejected, and whatever is asked from now on. */
  end(why: string): void {
    this.#over ??= new BridgeError("BRIDGE_GONE", why);
    for (const actionId of [...this.#waiting.keys()]) this.#settle(actionId)?.reject(this.#over);
    this.#port.close();
  }

  #settle(actionId: number): Waiting | undefined {
    const found = this.#waiting.get(actionId);
    if (found) clearTimeout(found.timer);
    this.#waiting.delete(actionId);
    if (!this.#waiting.size) {
      clearInterval(this.#beat);
      this.#beat = undefined;
    }
    return found;
  }

  #take(told: Record<string, any>): void {
    if (told["channel"] !== this.#channel) return;
    this.#beats = 0;
    if (told["type"] === "event") {
      const handled = this.#hear(told["name"], told["value"]);
      if (told["eventId"]) this.#port.postMessage({ channel: this.#channel, type: "handled", eventId: told["eventId"], handled });
    } else if (told["type"] === "bye") this.end(String(told["why"] ?? "The host closed the page."));
    else if (told["error"]) this.#settle(told["actionId"])?.reject(errorOf(told["error"]));
    else if (told["actionId"]) this.#settle(told["actionId"])?.resolve(told["result"]);
  }

  /** While something waits, ask from time to time whether the host is there. */
  #watch(): void {
    this.#beats = this.#beat ? this.#beats : 0;
    this.#beat ??= setInterval(() => {
      if (this.#beats++ >= LOST_BEATS) return this.end("The host is gone.");
      this.#port.postMessage({ channel: this.#channel, type: "ping" });
    }, BEAT_MS);
  }
}
