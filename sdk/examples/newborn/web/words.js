// What the page says, and how it writes lists; texts are set as text, never as HTML.
const STATES = {
  SUBMITTED: "已收件", CORRECTING: "需要补正", DECLINED: "不予受理", ACCEPTED: "已受理", REVIEWING: "审核中",
  PAUSED: "暂停计时", DECIDED: "已决定", COMPLETED: "已办结", DELIVERED: "已送达", WITHDRAWN: "已撤回",
  VOIDED: "已作废", FORWARDED: "已转送",
};
const OUTCOMES = { GRANTED: "，予以办理", REFUSED: "，不予办理" };
const REFUSALS = {
  NOT_SIGNED_IN: "登录已过期，请回到平台重新打开本服务。",
  APP_CONSENT_NEEDED: "您没有同意本服务这样做。要使用请重新打开，并同意。",
  SCOPE_MISSING: "您没有同意本服务这样做。要使用请重新打开，并同意。",
  LEVEL_NEEDED: "请先在平台上完成实名认证。",
  IDEMPOTENCY_KEY_REUSED: "这份申请已经提交过了，请看“我的申请”。",
  RATE_LIMITED: "操作太频繁，请稍后再试。",
  INVALID_INPUT: "有内容没有填对，请检查后再提交。",
};

export const standing = step => (STATES[step.state] ?? "办理中") + (OUTCOMES[step.outcome] ?? "");

export const masked = phone => `${phone.slice(0, 3)}****${phone.slice(-4)}`;

export function saying(error, own) {
  if (error.code === own) return error.message;
  if (REFUSALS[error.code]) return REFUSALS[error.code];
  return error.retryable ? "暂时没有回应，请稍后再试。" : `没有成功，请稍后再试（${error.code ?? "网络"}）。`;
}

export function entry(text, mark, inner) {
  const item = document.createElement("li");
  item.className = mark;
  item.append(text, ...(inner ? [inner] : []));
  return item;
}

export function stepEntry(step, more) {
  const serial = Object.assign(document.createElement("span"), { className: "serial" });
  serial.textContent = `办件编号 ${step.serial}`;
  return entry(`${step.title}：${standing(step)}${more}`, "step", serial);
}
