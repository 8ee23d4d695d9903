/** What a page may say to each method: only known fields, of known kinds and lengths, reach the host app. */
import { type Method } from "../wire";
export declare const MOST_CHARACTERS: number;
/** Returns the value as it may be used, undefined where it may be left out; throws where it is not fit. */
type Field = (value: unknown, name: string) => unknown;
type Shape = Record<string, Field>;
export declare const SHAPES: Record<Method, Shape>;
/**
 * Return what a page says, as far as the shape knows it.
 *
 * Throws: BridgeError INVALID_INPUT with the place of the fault, BODY_TOO_LARGE.
 */
export declare function clean(shape: Shape, said: unknown, name?: string): Record<string, unknown>;
export {};
