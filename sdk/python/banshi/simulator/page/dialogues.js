// What a page may ask the citizen by way of the host: one sheet at a time, above the page.
const sheet = document.getElementById("asking");

function make(tag, text, facts = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...facts });
}

/** Show a sheet with a button for each label; resolves to {index, value} of what was chosen. */
function ask({ title, message, labels, field }) {
  const buttons = labels.map((label, index) => make("button", label, { type: "button", className: index ? "main" : "" }));
  const row = make("div", "", { className: "row" }), input = make("input", "", { ariaLabel: message || title });
  if (field) Object.assign(input, { placeholder: field.placeholder, inputMode: field.inputType === "number" ? "numeric" : "text" });
  row.append(...buttons);
  sheet.replaceChildren(make("h2", title, { id: "asking-title" }), make("p", message), ...(field ? [input] : []), row);
  sheet.hidden = false;
  (field ? input : sheet).focus();
  return new Promise(resolve => buttons.forEach((button, index) => {
    button.onclick = () => {
      sheet.hidden = true;
      resolve({ index, value: input.value });
    };
  }));
}

/** Return the hooks that need a person; `refused` makes what a page is told, `ticket` asks the simulator for one. */
export function dialogues(refused, ticket) {
  async function agreed(title, message, label) {
    const { index } = await ask({ title, message, labels: ["取消", label] });
    if (index !== 1) throw refused("BRIDGE_DENIED", "The citizen said no.");
    return {};
  }
  return {
    async toast({ message, duration }) {
      const line = make("p", message, { className: "toast", role: "status" });
      sheet.parentElement.append(line);
      setTimeout(() => line.remove(), duration);
      return {};
    },
    async alert({ title, message, buttonName }) {
      await ask({ title, message, labels: [buttonName || "知道了"] });
      return {};
    },
    async confirm({ title, message, buttonLabels }) {
      const labels = buttonLabels.length ? buttonLabels : ["取消", "确定"];
      return { buttonIndex: (await ask({ title, message, labels })).index };
    },
    async prompt({ title, message, buttonLabels, ...field }) {
      const labels = buttonLabels.length ? buttonLabels : ["取消", "确定"];
      const { index, value } = await ask({ title, message, labels, field });
      return { buttonIndex: index, value };
    },
    async actionSheet({ title, items, cancelButton }) {
      const { index } = await ask({ title, message: "", labels: [...items, cancelButton || "取消"] });
      return { buttonIndex: index };
    },
    async scan() {
      const { index, value } = await ask({ title: "扫一扫", message: "模拟扫到的内容", labels: ["取消", "确定"], field: { placeholder: "" } });
      if (index !== 1) throw refused("BRIDGE_CANCELLED", "Nothing was scanned.");
      return { text: value };
    },
    async getLocation({ reason }) {
      await agreed("允许获取您的位置吗", reason, "允许");
      return { longitude: 120.153576, latitude: 30.287459, accuracy: 50, cityName: "杭州市" };
    },
    async ssoTicket() { // asked once, as the platform asks
      const told = await ticket("");
      if (!told.question) return told;
      await agreed("应用的后端想知道您是谁", "旧版登录：姓名、证件类型和号码、性别、出生日期", "同意");
      return ticket("yes");
    },
    phoneCall: ({ number }) => agreed("拨打电话", number, "拨打"),
    sms: ({ number, text }) => agreed("发送短信", `${number}：${text}`, "发送"),
    openLink: ({ url }) => agreed("离开本应用，打开", url, "打开"),
    share: ({ url, title }) => agreed("分享", `${title} ${url}`, "分享"),
    setClipboardData: ({ text }) => agreed("复制", text, "复制"),
  };
}
