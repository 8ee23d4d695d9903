/** How much one page may say: what comes too fast is refused, and who does not stop is cut off. */

const BURST = 60, PER_S = 20, AT_ONCE = 64;
const STRIKES = 600, WITHIN_MS = 10_000; // messages in vain until a page is cut off

export class Bounds {
  #left = BURST;
  #at: number;
  #strikes = 0;
  #since: number;
  underWay = 0;

  constructor(now: number) {
    this.#at = this.#since = now;
  }

  /** Count one message; says whether it may be looked at. */
  take(now: number): boolean {
    this.#left = Math.min(BURST, this.#left + (now - this.#at) / 1_000 * PER_S);
    this.#at = now;
    if (this.#left < 1 || this.underWay >= AT_ONCE) return false;
    this.#left -= 1;
    return true;
  }

  /** Count one message in vain; says whether the page is to be cut off. */
  strike(now: number): boolean {
    if (now - this.#since > WITHIN_MS) {
      this.#strikes = 0;
      this.#since = now;
    }
    return ++this.#strikes >= STRIKES;
  }
}
