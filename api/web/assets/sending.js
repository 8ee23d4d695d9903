/* Forms are sent until they have arrived: what they ask for is done once, however often it comes.

   <form method="post" data-send>  answers "x-banshi-go: path" where to go on, or a page to show instead */

const WAITS = [1, 2, 4, 8, 15]; // seconds between tries, the last one again and again
const PATIENCE = 20_000; // milliseconds for an answer
const LATER = new Set([429, 502, 503, 504]);

const online = () => new Promise((done) => addEventListener("online", done, { once: true }));
const after = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

function line(form) {
  const found = form.querySelector(".sending") || document.createElement("p");
  found.className = "sending";
  found.setAttribute("role", "status");
  form.append(found);
  return found;
}

async function posted(address, body, say, isKept = () => false) {
  for (let tries = 0; ; tries += 1) {
    let wait = WAITS[Math.min(tries, WAITS.length - 1)];
    try {
      const headers = { "x-banshi-send": "1" };
      const answer = await fetch(address, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
      if (!LATER.has(answer.status)) return answer;
      wait = Math.max(wait, Number(answer.headers.get("retry-after")) || 0);
    } catch {
      // no network, no answer in time, or a connection that broke: it may have arrived, and may come again
    }
    say(navigator.onLine
      ? `网络不好，正在重试（第 ${tries + 1} 次）…${isKept() ? "您填的内容不会丢。" : "请不要关闭这个页面。"}`
      : `没有网络。${isKept() ? "您填的内容已经保存在这台设备上，" : "请不要关闭这个页面，"}联网后会自动重试。`);
    await Promise.race([after(wait), online()]);
  }
}

function show(answer, page) {
  const found = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  if (!found) return location.reload();
  const main = document.querySelector("main");
  main.replaceChildren(...found.childNodes);
  const first = main.querySelector("[role=alert], [aria-invalid=true], h1");
  first.setAttribute("tabindex", "-1");
  first.focus();
  scrollTo(0, 0);
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const said = line(form);
  form.setAttribute("aria-busy", "true");
  button?.setAttribute("aria-disabled", "true");
  said.textContent = "正在提交…";
  const isKept = () => "keptAt" in form.dataset;
  const answer = await posted(form.action, body, (text) => { said.textContent = text; }, isKept);
  const onward = answer.headers.get("x-banshi-go");
  if (onward) {
    form.dispatchEvent(new CustomEvent("banshi:sent", { bubbles: true }));
    return location.assign(onward);
  }
  if (answer.redirected) return location.assign(answer.url); // to sign in, and back: what was typed is kept
  if (answer.status === 403) return location.reload(); // the page was of an earlier session
  return show(answer, await answer.text());
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("send" in form.dataset)) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  send(form, event.submitter).catch(() => form.removeAttribute("aria-busy"));
});

globalThis.banshi = { posted }; // for scripts of single pages: names of modules change with their content
