/* What the host page does for a mini-app besides what the browser does by itself: it speaks for the page, as text and
   under the mini-app's name, and nothing that concerns the citizen happens without his word. */

const dialog = document.querySelector("dialog.sheet");
const host = document.querySelector(".host");
const CANCEL = -1;

function make(tag, text = "", facts = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...facts });
}

/* Show a sheet with a button for each label; resolves to the number of the one that was tapped, CANCEL: it was closed. */
function sheet(says, title, parts, labels) {
  const form = make("form", "", { method: "dialog", className: "actions" });
  form.append(...labels.map((label, at) => make("button", label, { value: `${at}`, className: at ? "button" : "button same" })));
  const head = make("h2", title, { id: "question" });
  dialog.replaceChildren(make("p", says, { className: "hint" }), head, ...parts, form);
  dialog.returnValue = `${CANCEL}`;
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(Number(dialog.returnValue)), { once: true });
  });
}

/* Return what asks the citizen whether he agrees to something. */
export function asking(name) {
  return async (question) => (await sheet(name, question, [], ["不行", "可以"])) === 1;
}

/* Return the hooks; `posted` sends a form to the platform, `said` is the line under the title, `tell` tells the page. */
export function doing({ BridgeError, posted, said, tell, close }) {
  const { app, name, region, regionName, userType } = host.dataset;
  const says = `“${name}”`, ask = asking(says);
  const title = document.querySelector("h1"), of = document.title;
  let waiting = 0;

  async function leave(question, url) {
    if (!/^https:/.test(url) && new URL(url).hostname !== location.hostname)
      throw new BridgeError("INVALID_INPUT", "url: expected https://…", { field: "url" });
    if (!await ask(`${question} ${url}`)) throw new BridgeError("BRIDGE_DENIED", "The citizen said no.");
    make("a", "", { href: url, target: "_blank", rel: "noopener noreferrer" }).click();
    return {};
  }

  async function ticket(decision) {
    const word = host.querySelector("[name=form_word]").value;
    const answer = await posted(`/apps/${app}/ticket`, new URLSearchParams({ form_word: word, decision }));
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new BridgeError(told.code || "BRIDGE_FAILED", told.problem || "没有办成，请刷新页面再试。");
    return told;
  }

  async function agreed({ name: client, operator, told, isTrial }) {
    const list = make("ul", "", { className: "told" });
    list.append(...told.map((each) => make("li", each)));
    const parts = [
      make("p", `负责单位：${operator}。用途：登录该应用，办理您在其中申请的事项。有效期：直到您撤回。`),
      ...(isTrial ? [make("p", "该应用尚未上架，只会得到虚构的测试用户信息。", { className: "notice" })] : []),
      make("p", "同意以后，它会得到："), list,
      make("p", "该应用使用旧版登录接口，以上信息一并提供，不能逐项选择。其中证件号码是敏感个人信息，请确认需要再同意。您可以随时在“我的授权”中撤回。", { className: "hint" }),
    ];
    return (await sheet(says, `“${client}”请求使用您的信息`, parts, ["不同意", "同意"])) === 1;
  }

  function shown(menu) {
    host.querySelector(".menu")?.remove();
    if (!menu.length) return;
    const row = make("div", "", { className: "menu actions" });
    row.append(...menu.map(({ id, text }) => make("button", text, {
      type: "button", className: "button plain", onclick: () => tell("menu", { id }),
    })));
    host.prepend(row);
  }

  return {
    async ssoTicket() {
      const first = await ticket("");
      if (!first.question) return first;
      if (!await agreed(first.question)) throw new BridgeError("BRIDGE_DENIED", "The citizen said no.");
      return ticket("yes");
    },
    getUserType: () => ({ userType }),
    getCity: () => ({ code: region, name: regionName }),
    async selectCity() {
      const choice = document.getElementById("cities").content.firstElementChild.cloneNode(true);
      if (await sheet(says, "请选择地区", [choice], ["取消", "确定"]) !== 1) throw new BridgeError("BRIDGE_CANCELLED", "Nothing was chosen.");
      return { code: choice.value, name: choice.selectedOptions[0].textContent };
    },
    setTitle({ title: told }) {
      title.textContent = told || name;
      document.title = told ? `${told} - ${of}` : of;
      return {};
    },
    setMenu({ items }) { shown(items); return {}; },
    openLink: ({ url }) => leave("离开本应用，打开", url),
    saveImage: ({ url }) => leave("打开图片，以便保存", url),
    downloadFile: ({ url }) => leave("下载文件", url),
    close() { setTimeout(close); return {}; },
    toast({ message, duration }) {
      document.querySelector(".toast")?.remove(); // one at a time
      const line = make("p", message, { className: "toast", role: "status" });
      document.body.append(line);
      setTimeout(() => line.remove(), duration);
      return {};
    },
    async alert({ title: head, message, buttonName }) {
      await sheet(says, head, [make("p", message)], [buttonName || "知道了"]);
      return {};
    },
    async confirm({ title: head, message, buttonLabels }) {
      const labels = buttonLabels.length ? buttonLabels : ["取消", "确定"];
      return { buttonIndex: Math.max(0, await sheet(says, head, [make("p", message)], labels)) };
    },
    async prompt({ title: head, message, placeholder, inputType, buttonLabels }) {
      const field = make("input", "", { type: "text", placeholder, inputMode: inputType === "number" ? "numeric" : "text", ariaLabel: message || head });
      const labels = buttonLabels.length ? buttonLabels : ["取消", "确定"];
      const buttonIndex = Math.max(0, await sheet(says, head, [make("p", message), field], labels));
      return { buttonIndex, value: field.value };
    },
    async actionSheet({ title: head, items, cancelButton }) {
      const at = await sheet(says, head, [], [cancelButton || "取消", ...items]);
      return { buttonIndex: at > 0 ? at - 1 : items.length };
    },
    showPreloader({ text, delay }) {
      clearTimeout(waiting);
      waiting = setTimeout(() => { said.textContent = text || "正在加载…"; }, delay);
      return {};
    },
    hidePreloader() {
      clearTimeout(waiting);
      said.textContent = "";
      return {};
    },
  };
}
