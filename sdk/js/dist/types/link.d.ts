/** One channel to the host, seen from the page: every question is settled, whatever becomes of the host. */
import { type Connected, type EventName, type Gives, type Method, type Takes } from "./wire";
/** What tells of an event; what it returns is whether somebody took care of it. */
export type Hear = (name: EventName, value: unknown) => boolean;
export declare class Link {
    #private;
    constructor(port: MessagePort, { channel }: Pick<Connected, "channel">, hear: Hear);
    /** Ask the host; rejects with a BridgeError at the latest when its time is over. */
    ask<M extends Method>(method: M, params: Takes<M>, waitMs?: number): Promise<Gives<M>>;
    /** End it: whatever waits is rejected, and whatever is asked from now on. */
    end(why: string): void;
}
