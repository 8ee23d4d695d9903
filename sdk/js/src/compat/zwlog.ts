/**
 * `ZwLog` 1.0 and `aplus_queue` for old pages: views and events are counted by our own platform.
 *
 * Who it was, by what device and with which words is dropped here: nothing of `_user_id`, `_user_nick` or the
 * parameters of an event leaves the page.
 */

import { connect } from "../bridge";
import { beacon, type What } from "./beacon";

type Then = () => void;

async function tell(what: What): Promise<void> {
  await beacon(await connect(), what);
}

function quietly(what: What): void {
  tell(what).catch(() => {}); // a page goes on without
}

class ZwLog {
  readonly metaInfo: Record<string, unknown> = { appId: "", "aplus-rhost-g": "", "aplus-rhost-v": "", "aplus-waiting": "" };
  readonly cbQueue: Then[] = [];
  readyFlag = false;

  constructor(_who?: object) { // who is at it is not ours to know
    this.init();
  }

  init(): void {
    connect().catch(() => {}).then(() => {
      this.readyFlag = true;
      for (const then of this.cbQueue.splice(0)) then();
    });
  }

  onReady(then: Then): void {
    if (this.readyFlag) then();
    else this.cbQueue.push(then);
  }

  sendPV(_page?: object): void {
    quietly("page_view");
  }

  record(_code: string, _type?: string, _told?: object): void {
    quietly("page_event");
  }

  sendAliMonitor(_told?: object): void {
    quietly("page_event");
  }
}

interface Queued {
  action?: string;
  arguments?: unknown[];
}

const meta: Record<string, unknown> = {};

function take({ action, arguments: told = [] }: Queued): void {
  if (action === "aplus.setMetaInfo") meta[String(told[0])] = told[1];
  if (action === "aplus.sendPV") quietly("page_view");
  if (action === "aplus.record") quietly("page_event");
}

/** The queue of the raw form: what waits in it is taken, and whatever comes later at once. */
class Queue {
  push(...all: Queued[]): number {
    all.forEach(take);
    return 0;
  }
}

const globals = window as unknown as Record<string, unknown>;
const waiting = Array.isArray(globals["aplus_queue"]) ? globals["aplus_queue"] as Queued[] : [];
const queue = new Queue();
queue.push(...waiting);
Object.assign(window, {
  ZwLog, aplus_queue: queue,
  aplus: { setMetaInfo: (key: string, value: unknown) => take({ action: "aplus.setMetaInfo", arguments: [key, value] }),
    sendPV: () => quietly("page_view"), record: () => quietly("page_event") },
});
