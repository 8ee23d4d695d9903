/** What can go wrong between a page and its host: one class, told apart by `code`. */

// where no HTTP status tells it: refusals over GraphQL, and what is between page and host
const AGAIN = new Set(["APP_LOST", "RATE_LIMITED", "UNAVAILABLE", "BRIDGE_BUSY", "BRIDGE_NO_HOST", "BRIDGE_TIMEOUT"]);
const AGAIN_STATUS = new Set([429, 503, 504]);

/** What a refusal looks like on the wire. */
export interface Refusal {
  code: string;
  message: string;
  data?: Record<string, string>;
  retryable?: boolean;
}

/**
 * A refusal that the page can act on.
 *
 * `code` is one of the platform's (docs/errors.md), one of the mini-app's own back end, or one that begins with
 * `BRIDGE_` (docs/bridge.md).  `retryable`: the same call may work later without changes.  `data` holds the values
 * that the message names.
 */
export class BridgeError extends Error {
  override readonly name = "BridgeError";
  readonly code: string;
  readonly retryable: boolean;
  readonly data: Readonly<Record<string, string>>;

  /** Scripts of one page share a connection, and each may bring a copy of this class. */
  static override [Symbol.hasInstance](thrown: unknown): boolean {
    return Object(thrown).name === "BridgeError";
  }

  constructor(code: string, message: string, data: Record<string, string> = {}, retryable = AGAIN.has(code)) {
    super(message);
    this.code = code;
    this.retryable = retryable;
    this.data = data;
  }
}

/** Return what is thrown as it goes over the wire; what is no BridgeError tells nothing of itself. */
export function refusalOf(thrown: unknown): Refusal {
  if (!(thrown instanceof BridgeError)) return { code: "BRIDGE_FAILED", message: "The host could not do this." };
  const { code, message, data, retryable } = thrown;
  return { code, message, data: { ...data }, retryable };
}

/** Return the error of a refusal that came over the wire, whatever it is made of; `status` is that of HTTP. */
export function errorOf(told: unknown, status = 0): BridgeError {
  const { code, message, data, retryable } = Object(told) as Partial<Refusal>;
  const known = String(code ?? "BRIDGE_FAILED");
  const isAgain = retryable === true || AGAIN_STATUS.has(status) || AGAIN.has(known);
  return new BridgeError(known, String(message ?? ""), Object(data ?? {}), isAgain);
}
