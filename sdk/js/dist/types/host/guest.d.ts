/** One mini-app in its frame: who may speak, what is answered, and what it is told. */
import { type EventName, type Events } from "../wire";
import type { Occasion, Opening } from "./index";
type Answers = Map<string, (params: any, occasion: Occasion) => unknown>;
export declare class Guest {
    #private;
    readonly frame: HTMLIFrameElement;
    /** Made by `openMiniApp`. */
    constructor(opening: Opening, entry: URL, answers: Answers);
    /** Whether a page of the mini-app is connected. */
    get isConnected(): boolean;
    /** Tell the page of something; `uiStyle` and `region` are remembered for its next pages. */
    tell<E extends EventName>(name: E, ...[value]: Events[E] extends undefined ? [] : [Events[E]]): void;
    /** Ask the page to go back; resolves to whether it did: if not, the host goes back or closes it. */
    back(): Promise<boolean>;
    /** Take the mini-app away. */
    close(): void;
}
export {};
