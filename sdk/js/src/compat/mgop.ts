/** One call at `/h5/mgop`, as the client of the old gateway makes it. */

import { entered } from "./entering";
import { md5 } from "./md5";
import { OldError } from "./refused";

const OK = 1000, SIGN_AGAIN = 9001, TRIES = 3;

export interface Called {
  api?: string;
  /** What goes to the back end. */
  param?: unknown;
  header?: Record<string, string>;
  appKey?: string;
}

interface Told {
  rs?: number | string;
  data?: unknown;
  ret?: string | string[];
  code?: string;
}

/** Call an API by its old name.  Throws: OldError with the number that the gateway answered. */
export async function mgop({ api = "", param, header, appKey = "" }: Called) {
  await entered;
  for (let tries = 1; ; tries += 1) {
    const { rs, data, ret, code } = await once(api, appKey, param, header), number = Number(rs);
    if (number === OK) return { errorCode: 0, errorMessage: "", data };
    if (number !== SIGN_AGAIN || tries === TRIES)
      throw new OldError(number || -1, [ret].flat()[0] ?? "", code || "BRIDGE_FAILED");
  }
}

async function once(api: string, ak: string, param: unknown, header?: Record<string, string>): Promise<Told> {
  const token = /(?:^|; *)_mgw_tk=([^;_]*)/.exec(document.cookie)?.[1] ?? "", ts = String(Date.now());
  const sign = md5(`token=${token}&ak=${ak}&api=${api}&ts=${ts}&data=null`);
  const query = Object.entries({ ak, api, ts, sign, data: "null" }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  try {
    const answer = await fetch(`/h5/mgop?${query.join("&")}`, {
      method: "POST", body: JSON.stringify(param ?? {}), headers: { ...header, "content-type": "application/json" },
    });
    return Object(await answer.json());
  } catch (error) {
    throw new OldError(-1, String(error), "BRIDGE_FAILED");
  }
}
