import { connect } from "./bridge.js"; // npm: @banshi/bridge

const host = await connect();
const form = document.getElementById("form");
const said = document.getElementById("said");

function dress(style) {
  document.documentElement.className = style;
}
dress(host.uiStyle);
host.on("uiStyle", dress);

form.addEventListener("submit", async event => {
  event.preventDefault();
  said.textContent = "请稍候……";
  try {
    said.textContent = await host.call("hello", { name: form.elements.name.value });
  } catch (error) {
    said.textContent = error.retryable ? "暂时没有回应，请稍后再试。" : `没有成功（${error.code}）。`;
  }
});
