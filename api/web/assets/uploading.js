/* A file goes straight from the device to the store, and is looked at there; each step is told.  It belongs to
   the wallet, so a page that is left meanwhile finds it when it is opened again.

   <div data-upload data-kind data-title data-most="megabytes"> input[type=file], progress, .sending </div> */

const AGAIN = [2, 4, 8, 15]; // seconds between tries to send the file
const LOOKS = 90; // seconds to wait for the look at the file
const OFTEN = 0.25; // seconds until one asks again at first; most files have been looked at soon

const after = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const hex = (bytes) => Array.from(new Uint8Array(bytes), (each) => each.toString(16).padStart(2, "0")).join("");

class Refused extends Error {}

async function asked(place, path, fields, say) {
  const word = place.closest("form").elements.form_word.value;
  const body = new URLSearchParams({ form_word: word, ...fields });
  const answer = await globalThis.banshi.posted(path, body, say);
  if (answer.redirected) location.assign(answer.url); // to sign in, and back
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told.problem || "没有成功，请刷新页面再试。");
  return told;
}

function once(url, fields, file, progress) {
  return new Promise((done, failed) => {
    const body = new FormData();
    for (const { name, value } of fields) body.append(name, value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = Math.round((100 * event.loaded) / event.total);
    });
    request.addEventListener("load", () => (request.status < 300 ? done() : failed(new Error(String(request.status)))));
    request.addEventListener("error", () => failed(new Error("network")));
    request.addEventListener("timeout", () => failed(new Error("time")));
    request.timeout = 120_000;
    request.open("POST", url);
    request.send(body);
  });
}

async function sent(url, fields, file, progress, say) {
  for (const wait of [...AGAIN, 0]) {
    try {
      return await once(url, fields, file, progress);
    } catch {
      if (!wait) throw new Refused("网络太差，文件没有传上去。请换个地方，再选一次这个文件。");
      say("网络不好，正在重新上传…");
      await after(wait);
    }
  }
}

async function looked(id) {
  for (let waited = 0, wait = OFTEN; waited < LOOKS; waited += wait) {
    const answer = await fetch(`/wallet/uploads/${id}`, { cache: "no-store" }).catch(() => null);
    const told = answer?.ok ? await answer.json() : {};
    if (told.state === "AVAILABLE") return;
    if (told.state === "REFUSED" || told.state === "LAPSED") throw new Refused(told.advice || "文件没有通过检查，请换一个。");
    wait = waited < 1 ? OFTEN : 1;
    await after(wait);
  }
  throw new Refused("文件已经收到，还在检查。请过一会儿刷新这个页面。");
}

async function upload(place, file) {
  const progress = place.querySelector("progress"), said = place.querySelector(".sending");
  const say = (text) => { said.textContent = text; };
  place.removeAttribute("data-done");
  if (file.size > Number(place.dataset.most) * 1_048_576) {
    throw new Refused(`文件太大，不能超过 ${place.dataset.most} MB。拍照时请选小一点的尺寸。`);
  }
  progress.hidden = false;
  progress.value = 0;
  say("正在上传…");
  const sha256 = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const { kind, title } = place.dataset;
  const fields = { kind, title, mediaType: file.type, size: file.size, sha256, key: crypto.randomUUID() };
  const told = await asked(place, "/wallet/uploads", fields, say);
  if (told.url) await sent(told.url, told.fields, file, progress, say);
  progress.value = 100;
  say("已传完，正在检查…");
  await asked(place, `/wallet/uploads/${told.id}/sent`, {}, say);
  await looked(told.id);
  progress.hidden = true;
  say("✓ 已收到，通过检查。");
  place.dataset.done = "yes";
}

document.addEventListener("change", (event) => {
  const place = event.target.closest("[data-upload]");
  const file = event.target.files?.[0];
  if (!place || !file) return;
  upload(place, file).catch((error) => {
    place.querySelector("progress").hidden = true;
    const known = error instanceof Refused;
    place.querySelector(".sending").textContent = known ? error.message : "没有成功，请再选一次这个文件。";
  });
});
