/** Images and files as old pages want them. */

import { BridgeError, type Host } from "../bridge";

/** Let the citizen choose an image; returns it as Base64, without a prefix. */
export async function choose(host: Host): Promise<string[]> {
  const picked = await host.chooseImage({ count: 1 });
  return Promise.all(picked.map(({ file }) => base64(file)));
}

function base64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(new BridgeError("BRIDGE_FAILED", "The image could not be read."));
    reader.readAsDataURL(file);
  });
}

/** Let the citizen choose files and send them to an address of the page's own origin; others the policy forbids. */
export async function upload(host: Host, { type = "", url, count = 1 }: { type?: string; url: string; count?: number }) {
  const picked = await host.chooseFile({ type, count });
  const fileName = picked.map(each => each.name), filePath: string[] = [];
  try {
    for (const { file, name } of picked) {
      const form = new FormData();
      form.append("file", file, name);
      const answer = await fetch(url, { method: "POST", body: form });
      if (!answer.ok) throw new Error(`${answer.status}`);
      filePath.push(new URL(url, location.href).href);
    }
    return { status: "success", filePath, fileName, msg: "" };
  } catch (error) {
    return { status: "fail", filePath, fileName, msg: String(error) };
  }
}
