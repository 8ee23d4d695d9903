/**
 * `ZWJSBridge` 1.1.0 for pages that were written for the old host app: each of its methods, by the bridge.
 *
 * Results and numbers of errors are the old ones; a rejection is an Error with `errorCode` and `errorMessage`.
 * Names and numbers of persons are neither sent nor kept.
 */
export {};
