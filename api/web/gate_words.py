"""The rules of the gate in Chinese: what each asks, and how to mend what it found."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class RuleWords(NamedTuple):
    """What is wrong, and what to do."""

    title: str
    fix: str


GATE_WORDS: Final[Mapping[str, RuleWords]] = {
    "package.zip": RuleWords("安装包不是完好的 zip 文件", "用 miniapp pack 重新打包，再上传一次"),
    "package.size": RuleWords("安装包太大", "压缩图片、去掉不用的文件，安装包和里面的每个文件都不超过 20 MB"),
    "package.bomb": RuleWords("解压后的内容太大", "去掉不用的大文件，再用 miniapp pack 打包"),
    "package.name": RuleWords("有文件名不能使用", "文件名用字母、数字、短横线和下划线，不要太长"),
    "package.traversal": RuleWords("有文件路径指向安装包以外", "用 miniapp pack 打包，不要手工改安装包"),
    "package.symlink": RuleWords("安装包里有符号链接", "换成真正的文件"),
    "package.duplicate": RuleWords("同名文件出现了两次", "删去其中一个"),
    "package.case": RuleWords("两个文件名只有大小写不同", "给其中一个改名"),
    "package.kind": RuleWords(
        "有不能放进安装包的文件类型", "去掉它，或者换成网页、脚本、样式、图片、字体文件"
    ),
    "package.files": RuleWords("文件太多", "合并或者去掉不用的文件"),
    "package.list": RuleWords("文件清单和实际文件对不上", "用 miniapp pack 重新打包"),
    "package.hash": RuleWords("文件内容和清单上的不一样", "用 miniapp pack 重新打包"),
    "package.manifest": RuleWords("应用清单 miniapp.yaml 有误", "按下面的说明改正 miniapp.yaml"),
    "manifest.name": RuleWords("名称超过六个字", "缩短名称，让它能在图标下面显示完整"),
    "manifest.entry": RuleWords(
        "入口页面不在安装包里", "填写安装包里有的页面，例如 entry: /index.html，大小写要一致"
    ),
    "manifest.page": RuleWords("清单里写的页面不在安装包里", "改成安装包里有的页面，大小写要一致"),
    "manifest.items": RuleWords(
        "要替用户提交申请，清单里却没有写事项", "在 items 里写上所办事项的 12 位基本编码"
    ),
    "link.asset": RuleWords("从别的网站加载了文件", "把文件放进安装包"),
    "link.leaves": RuleWords("链接直接跳出了应用", "用 host.openLink()，由平台先问过用户"),
    "link.sends": RuleWords("表单把填写的内容发到了别处", "用 host.call() 调用清单里的接口"),
    "link.calls": RuleWords("脚本绕过平台访问了别的网站", "用 host.call() 调用清单里的接口"),
    "link.insecure": RuleWords("网址没有加密", "改用 https"),
    "link.frame": RuleWords("页面里嵌了别的网页", "改用 host.openLink()"),
    "link.missing": RuleWords(
        "页面里写的文件不在安装包里", "按安装包里的名字写相对路径：publicPath: './'，Vite 写 base: './'"
    ),
    "link.requests": RuleWords("页面自行访问了别处", "把文件放进安装包，或者用 host.call() 调用清单里的接口"),
    "page.lang": RuleWords("页面没有写明语言", '写 <html lang="zh-CN">'),
    "page.title": RuleWords("页面没有标题", "写 <title>…</title>"),
    "page.charset": RuleWords("页面没有写明编码", '在 <head> 开头写 <meta charset="utf-8">'),
    "page.viewport": RuleWords(
        "页面没有按手机宽度显示", '写 <meta name="viewport" content="width=device-width, initial-scale=1">'
    ),
    "page.zoom": RuleWords("页面不能放大", "从 viewport 里去掉 user-scalable 和 maximum-scale"),
    "page.zoom_off": RuleWords(
        "旧版宿主要求关闭缩放", "在 viewport 里写 user-scalable=no, maximum-scale=1.0"
    ),
    "page.inline_script": RuleWords("脚本直接写在了页面里", "放进单独的文件，用 src 加载"),
    "page.handler": RuleWords("标签属性里写了脚本", "在脚本文件里用 addEventListener"),
    "page.script_link": RuleWords("链接会执行脚本", "用按钮和 addEventListener"),
    "page.base": RuleWords("页面改变了网址的含义", "去掉 <base>"),
    "page.alt": RuleWords("图片没有替代文字", '写 alt="…"；只是装饰的写 alt=""'),
    "page.svg_script": RuleWords("图形文件里有脚本", "去掉 SVG 里的 <script> 和 on… 属性"),
    "page.broken": RuleWords("页面代码不完整", "检查以 <! 开头的内容是不是注释或者文档类型"),
    "page.blank": RuleWords("页面打开是空白的", "看控制台的报错；安装包里的网址要用相对路径或者以 / 开头"),
    "page.error": RuleWords("脚本运行出错", "改正它，或者捕获后告诉用户怎么办"),
    "page.policy": RuleWords("页面做了安全策略不允许的事", "脚本放进安装包的文件里，不用 eval 和外部资源"),
    "page.uninvited": RuleWords("用户还没点，页面就打开了别的内容", "等用户点了再通过平台打开"),
    "page.sideways": RuleWords(
        "手机上要左右滑动才能看全", "让内容换行或者缩小：max-width: 100%，overflow-wrap: anywhere"
    ),
    "page.axe": RuleWords("有的人用不了这个页面（无障碍）", "按说明改正，例如给按钮和输入框写名称"),
    "page.contrast": RuleWords("文字和背景的对比不够", "加深文字或者调浅背景：正文 4.5 : 1，大字 3 : 1"),
    "page.spacing": RuleWords("行距太小", "写 line-height: 1.3 或者更大"),
    "page.paragraphs": RuleWords("段落之间没有间隔", "段落之间留 0.4em 以上的空"),
    "page.targets": RuleWords("可以点的地方小于 44 × 44", "写 min-width: 44px; min-height: 44px，再加内边距"),
    "page.masking": RuleWords("证件号、手机号等没有遮挡", "显示成 3****************X、137****9050 的样子"),
    "page.back": RuleWords(
        "按返回会绕圈，退不出去", "打开时用 history.replaceState 或者 location.replace，返回时不要再加一步"
    ),
    "page.markup": RuleWords(
        "接口返回的文字原样变成了网页代码",
        "用 textContent，或者先清洗；富文本的字段取名 html、content 或者 body",
    ),
    "page.closed": RuleWords("页面有一部分是封闭的，没法检查", '写 attachShadow({ mode: "open" })'),
    "page.gesture": RuleWords("有操作要用三个以上的手指", "改成按钮，或者一两个手指的操作"),
    "page.captcha": RuleWords(
        "滑块、拼图或者图片验证码没有别的办法代替",
        "去掉它：用户已经登录，平台会限制次数；或者同时提供语音验证码等别的办法",
    ),
    "page.text_size": RuleWords("文字不随手机设置的字号变大", "写 text-size-adjust: 100%"),
    "login.password": RuleWords("页面要求输入密码", "用平台的登录：用户只登录一次"),
    "login.identity": RuleWords("页面要求填写姓名和身份证号", "向平台申请 profile:read 或者证照，由平台提供"),
    "login.drawn": RuleWords(
        "脚本画出的表单要求输入密码，或者姓名和身份证号", "用平台的登录，向平台申请 profile:read 或者证照"
    ),
    "script.eval": RuleWords("把文字当脚本执行", "改成调用函数"),
    "script.write": RuleWords("document.write 会改写正在加载的页面", "用 DOM 方法"),
    "script.html": RuleWords("拼接的文字被当作网页代码", "用 textContent，或者先清洗"),
    "script.service_worker": RuleWords("Service Worker 会留到以后的版本", "缓存交给平台"),
    "script.cookie": RuleWords("用了 Cookie，换账号后还在", "用 host.session()，它随账号变化"),
    "script.kept_identity": RuleWords(
        "把登录的人存在了下一个人能看到的地方",
        "只放在内存里，或者用 host.storage.set() 存到平台，每个用户各是各的",
    ),
    "script.source_map": RuleWords("源代码映射把源码公开了", "安装包里不要放 *.map"),
    "bridge.device": RuleWords("绕过平台使用了手机功能", "用 host.getLocation()、host.scan() 等"),
    "bridge.window": RuleWords("绕过平台打开了窗口", "用 host.openLink()"),
    "bridge.download": RuleWords("绕过平台下载文件", "用 host.downloadFile()"),
    "bridge.pay": RuleWords("绕过平台收费", "走统一公共支付（旧版宿主用 ZWJSBridge.pay()）"),
    "secret.key": RuleWords("安装包里有密钥，人人看得到", "取出来，换一个新的，由您自己的服务端使用"),
    "secret.person": RuleWords("安装包里有真人的号码", "示例里用沙箱的虚构人物"),
    "home.provider": RuleWords(
        "首页没有写明由谁提供服务", "在首页底部写“本服务由浙江政务服务网、主管单位提供”"
    ),
    "home.hotline": RuleWords("客服电话点不了", '在首页底部写 <a href="tel:…">，电话用清单里的'),
    "elder.style": RuleWords("没有问用户是不是用长辈版", "读取 host.uiStyle，显示相应的样式"),
    "elder.again": RuleWords("用户回来时没有再看长辈版", '监听 host.on("uiStyle", …)'),
    "elder.letters": RuleWords("长辈版的字小于 18 像素", "长辈版写 font-size: 18px 或者更大"),
    "elder.targets": RuleWords(
        "长辈版可以点的地方小于 60 × 60", "长辈版写 min-width: 60px; min-height: 60px"
    ),
    "elder.entry": RuleWords(
        "从首页去不了长辈版页面", "在首页显眼的地方加上链接；或者每个页面都支持长辈版，去掉单独的页面"
    ),
    "elder.links": RuleWords(
        "点链接以后不再是长辈版", "每个页面都读取 host.uiStyle，旧版宿主在网址里带上 uiType"
    ),
    "elder.ads": RuleWords("长辈版里有广告", "长辈版里去掉广告"),
    "elder.download": RuleWords("长辈版里诱导下载或者安装", "长辈版里去掉它，能在这里办的就在这里办"),
    "compat.back": RuleWords("登录后返回会绕圈", "用 location.replace，在 pageshow 时 ZWJSBridge.close()"),
    "compat.page_view": RuleWords("没有上报页面访问", "每个页面调用 zwlog.sendPV()"),
    "compat.ui_type": RuleWords(
        "页面之间的链接没有带 uiType", "网址里带上 uiType，例如 more.html?uiType=elder"
    ),
    "switch.page": RuleWords("换账号后看得到上一个人的内容", "每次打开页面都重新取数据，不留上一个人的内容"),
    "switch.storage": RuleWords(
        "退出后存储或者 Cookie 里还有用户的内容",
        "只放在内存里，或者用 host.storage.set() 存到平台，每个用户各是各的",
    ),
    "switch.cache": RuleWords(
        "退出后缓存或者数据库里还有用户的内容", "接口返回的内容不要放进 Cache 和 IndexedDB"
    ),
    "browser.pages": RuleWords(
        "页面太多，没有全部打开检查", "减少页面，或者分成几个应用；没打开的页面由审核人员看"
    ),
    "browser.time": RuleWords("页面一直停不下来", "检查有没有不停的循环，重的计算放到服务端"),
    "browser.memory": RuleWords("页面占用的内存太多", "检查不断增长的内容和过大的图片"),
    "browser.crash": RuleWords("页面让浏览器崩溃", "去掉最后加的内容，用 miniapp check --browser 再试"),
}
"""By rule id."""
