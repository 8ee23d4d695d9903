/* Shows a mini-app in a frame of its own origin, through the host library: a right for it comes from the platform
   by this page's session, and what concerns the citizen is asked of him first. */

const host = document.querySelector(".host");
const said = host.querySelector(".sending");
const { app, name, region, manner, page, bridge, doing: means } = host.dataset;
const posted = (address, body) => globalThis.banshi.posted(address, body, (text) => { said.textContent = text; });

class NotOpened extends Error {}

async function session() {
  const body = new URLSearchParams({ form_word: host.querySelector("[name=form_word]").value });
  const answer = await posted(`/apps/${app}/session`, body);
  if (answer.redirected) location.assign(answer.url); // to sign in, and back
  const told = await answer.json().catch(() => ({}));
  if (told.code === "APP_CONSENT_MISSING") location.reload(); // the sheet is shown
  if (!answer.ok) throw new NotOpened(told.problem || "没有打开，请刷新页面再试。");
  return { ...told, expiresIn: Math.max(0, Math.floor((Date.parse(told.expiresAt) - Date.now()) / 1000)) };
}

async function open() {
  const first = await session();
  const [{ BridgeError, openMiniApp, browserHooks }, { asking, doing }] = await Promise.all([import(bridge), import(means)]);
  let held = first;
  const again = async () => {
    const given = held || (await session());
    held = null;
    return { token: given.token, expiresIn: given.expiresIn, sub: given.sub, region };
  };
  const entry = page ? new URL(`/${first.version}/${page}`, first.entry).href : first.entry;
  const ours = doing({
    BridgeError, posted, said, tell: (...told) => guest.tell(...told),
    close() { guest.close(); location.assign("/"); },
  });
  const guest = openMiniApp({
    into: host, app, name, entry, token: first.token, scopes: first.scopes, uiStyle: manner, region,
    hooks: { ...browserHooks(name, asking(`“${name}”`)), ...ours, session: again },
    async onConsentNeeded() { // so says a back end, perhaps: the platform knows, and then shows the sheet
      await session().catch(() => {});
      return false;
    },
    onCut: () => { said.textContent = "这个应用出了问题，已经关闭。"; },
  });
  said.textContent = first.notices.join(" ");
  addEventListener("pagehide", () => guest.close(), { once: true });
}

open().catch((error) => {
  said.textContent = error instanceof NotOpened ? error.message : "没有打开，请刷新页面再试。";
});
