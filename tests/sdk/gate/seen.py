"""A mini-app that is good where it runs, too: it reads a session, calls an API, and grows in elder mode."""

from pathlib import Path

from banshi import manifest as manifests
from banshi import package
from banshi.package import MANIFEST, Package
from tests.sdk.gate.good import KEY
from tests.sdk.gate.good import MANIFEST_TEXT as PLAIN_MANIFEST

OUTPUT = (
    '{"type": "object", "properties": {"name": {"type": "string"}, "idNumber": {"type": "string"},'
    ' "phone": {"type": "string"}, "note": {"type": "string"}}}'
)
MANIFEST_TEXT = PLAIN_MANIFEST.replace("pages: [/, /elder.html]", "pages: [/]") + (
    f'apis: [{{name: person.me, scope: "profile:read", output: {OUTPUT}}}]\n'
)
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>租房提取</title>
<link rel="stylesheet" href="style.css">
<script src="app.js" type="module"></script>
</head>
<body>
<main>
<h1>租房提取</h1>
<p id="who">正在查询</p>
<p id="more">用公积金付房租，不用跑中心。提交之后三个工作日内办结，结果会在消息里告诉您。</p>
<form><label for="rent">月租金</label><input id="rent" name="rent" inputmode="numeric"></form>
<button id="send" type="button">提交</button>
</main>
<footer><p>本服务由浙江政务服务网、杭州市住房公积金管理中心提供</p>
<a href="tel:12329">咨询电话 12329</a></footer>
</body>
</html>
"""
STYLE = """body { font: 16px/1.6 sans-serif; margin: 16px; color: #111; background: #fff }
input, button, footer a { font: inherit; display: block; padding: 0 12px }
input, button, footer a { min-height: 44px; min-width: 44px; line-height: 44px }
p { margin: 0 0 1em; overflow-wrap: anywhere }
input, button { box-sizing: border-box; width: 100% }
.elder { font-size: 20px }
.elder body { font-size: 20px }
.elder input, .elder button, .elder footer a { min-height: 60px; min-width: 60px; line-height: 60px }
"""
BRIDGE = """const waiting = new Map(), heard = new Map();
let count = 0;
export function connect() {
  const { port1, port2 } = new MessageChannel();
  const ask = (method, params) => new Promise((good, bad) => {
    waiting.set(count += 1, { good, bad });
    port1.postMessage({ actionId: count, method, params });
  });
  return new Promise(done => {
    port1.onmessage = ({ data }) => {
      if (data.type === "connected") {
        const on = (event, then) => heard.set(event, then);
        const call = (api, input) => ask("call", { api, input });
        done({ ...data, ask, on, call, session: () => ask("session") });
      } else if (data.event) heard.get(data.event)?.(data.detail);
      else if (data.error) waiting.get(data.actionId).bad(new Error(data.error.code));
      else waiting.get(data.actionId).good(data.result);
    };
    parent.postMessage({ banshi: 1, type: "connect" }, "*", [port2]);
  });
}
"""
SCRIPT = """import { connect } from "./bridge.mjs";
const host = await connect();
const show = style => { document.documentElement.className = style; };
show(host.uiStyle);
host.on("uiStyle", show);
const me = await host.call("person.me", {});
const mask = number => `${number.slice(0, 3)}****${number.slice(-4)}`;
const kept = await host.ask("storageGet", { key: "note" }); // each citizen's own, so it may stay
document.body.dataset.note = kept?.value ?? "";
if (!kept) await host.ask("storageSet", { key: "note", value: me.note });
if ((await host.ask("storageKeys")).length !== 1) throw new Error("nothing was kept");
document.getElementById("who").textContent = `${me.name}，您好。手机 ${mask(me.phone)}，${me.note}`;
"""
FILES = {"index.html": PAGE, "app.js": SCRIPT, "bridge.mjs": BRIDGE, "style.css": STYLE}
SHOTS = ("index.html-normal.png", "index.html-elder.png")


def made(changes: dict[str, str | None] | None = None) -> Package:
    """The good mini-app with some files other, packed and read again."""
    texts = {MANIFEST: MANIFEST_TEXT, **FILES, **(changes or {})}
    files = {name: text.encode() for name, text in texts.items() if text is not None}
    return package.read(package.pack(manifests.read(files[MANIFEST].decode()), files, KEY))


def write(folder: Path, changes: dict[str, str | None] | None = None) -> Path:
    """Write the mini-app as a developer has it, and return where its manifest is."""
    texts = {**FILES, **(changes or {})}
    manifest = folder / MANIFEST
    manifest.write_text(texts.pop(MANIFEST, None) or MANIFEST_TEXT, encoding="utf-8")
    for name, text in texts.items():
        if text is not None:
            (folder / "web" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "web" / name).write_text(text, encoding="utf-8")
    return manifest
