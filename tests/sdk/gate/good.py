"""A mini-app that no rule has anything against, and the same for the old host."""

from banshi import manifest as manifests
from banshi import package
from banshi.package import MANIFEST, Package

MANIFEST_TEXT = """
format: 1
id: rent-withdrawal
name: 租房提取
version: 1.0.0
department: 杭州市住房公积金管理中心
operator: 杭州公积金服务有限公司
purpose: 用公积金付房租，不用跑中心。
entry: /
scopes: {"profile:read": 显示您的姓名和所在地区}
regions: ["330100"]
retention_days: 30
hotline: "12329"
pages: [/, /elder.html]
"""
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>租房提取</title>
<link rel="stylesheet" href="style.css">
<script src="app.js" defer></script>
</head>
<body>
<h1>租房提取</h1>
<img src="house.svg" alt="">
<form><label for="rent">月租金</label><input id="rent" name="rent" inputmode="numeric"></form>
<a href="elder.html?uiType=elder">长辈版</a>
<footer><p>本服务由浙江政务服务网、杭州市住房公积金管理中心提供</p><a href="tel:12329">12329</a></footer>
</body>
</html>
"""
SCRIPT = """import { connect } from './bridge.mjs';
const host = await connect();
function show(style) { document.documentElement.className = style; }
show(host.uiStyle);
host.on("uiStyle", show);
const svg = "http://www.w3.org/2000/svg";
document.querySelector("h1").textContent = (await host.session()).name ?? svg;
"""
OLD_SCRIPT = """ZWJSBridge.onReady(async () => {
  const { uiStyle } = await ZWJSBridge.getUiStyle();
  document.documentElement.className = uiStyle;
});
document.addEventListener("visibilitychange", () => ZWJSBridge.getUiStyle());
window.addEventListener("pageshow", () => ZWJSBridge.close());
location.replace("index.html#home");
zwlog.sendPV({ miniAppId: "rent-withdrawal" });
"""
FILES = {
    "index.html": PAGE,
    "elder.html": PAGE,
    "app.js": SCRIPT,
    "bridge.mjs": "export const connect = async () => ({ on() {}, session: async () => ({}) });\n",
    "style.css": "body { font-size: 18px; background: url(house.svg) }\n",
    "house.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>\n',
    "items.json": '{"of_nobody": "330199199004121023"}\n',
}
VIEWPORT = 'content="width=device-width, initial-scale=1"'
OLD_VIEWPORT = 'content="width=device-width, initial-scale=1, maximum-scale=1.0, user-scalable=no"'
OLD = {
    MANIFEST: MANIFEST_TEXT + "profile: zheliban\n",
    "index.html": PAGE.replace(VIEWPORT, OLD_VIEWPORT),
    "elder.html": PAGE.replace(VIEWPORT, OLD_VIEWPORT),
    "app.js": OLD_SCRIPT,
}
KEY = package.new_key()


def made(changes: dict[str, str | None] | None = None) -> Package:
    """The good mini-app with some files other, or gone, packed and read again."""
    texts = {MANIFEST: MANIFEST_TEXT, **FILES, **(changes or {})}
    files = {name: text.encode() for name, text in texts.items() if text is not None}
    return package.read(package.pack(manifests.read(files[MANIFEST].decode()), files, KEY))
