/** What a host app in a browser can do with the browser's own means; it asks before what concerns the citizen. */
import type { Hooks } from "./index";
type Ask = (question: string) => Promise<boolean>;
/**
 * Return hooks for place, clipboard, images and files, sharing, telephone and network; for codes, where the browser reads them.
 *
 * `ask` puts a question to the citizen and resolves to whether he says yes; what he says no to is BRIDGE_DENIED.
 */
export declare function browserHooks(name: string, ask: Ask): Omit<Hooks, "session">;
export {};
