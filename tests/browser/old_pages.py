"""What old pages ask of `ZWJSBridge` 1.1.0, method by method, and what the old host answered."""

LISTED = (
    "onReady ssoTicket getUserType zmAuthentication setLocalStorage getLocalStorage removeLocalStorage setTitle setMenu openLink"
    " close phoneCall sms getLocation getUUID getNetworkType setClipboardData getClipboardData monitorTrace getCurrentLocationCity"
    " selectCity chooseImage saveImage scan pay uploadFile downloadFile confirm alert toast prompt actionSheet showPreloader"
    " hidePreloader share directShare getUiStyle egop"
).split()
"""Every method of 1.1.0."""

HOOKS = """({ BridgeError }) => {
  const image = new Blob([new Uint8Array([1, 2, 3])], { type: "image/png" });
  const no = code => () => { throw new BridgeError(code, "no"); };
  const ok = () => ({});
  return {
    good: {
      ssoTicket: () => ({ result: true, ticketId: "t" }), getUserType: () => ({ userType: "2" }),
      verifyFace: () => ({ passId: "p" }), setTitle: ok, setMenu: ok, openLink: ok, close: ok, phoneCall: ok, sms: ok,
      getLocation: () => ({ longitude: 120.1, latitude: 30.2, cityName: "杭州市" }),
      getNetworkType: () => ({ result: "wifi" }), setClipboardData: ok,
      getCity: () => ({ code: "330106", name: "西湖区" }), selectCity: () => ({ code: "330302", name: "鹿城区" }),
      chooseImage: () => [{ name: "a.png", type: "image/png", file: image }],
      chooseFile: () => [{ name: "a.png", type: "image/png", file: image }],
      saveImage: ok, downloadFile: ok, scan: () => ({ text: "code" }), pay: ok, share: ok, toast: ok, alert: ok,
      confirm: () => ({ buttonIndex: 1 }), prompt: () => ({ buttonIndex: 1, value: "typed" }),
      actionSheet: () => ({ buttonIndex: 0 }), showPreloader: ok, hidePreloader: ok,
    },
    denied: {
      getLocation: no("BRIDGE_DENIED"), scan: no("BRIDGE_DENIED"), share: no("BRIDGE_CANCELLED"),
      pay: no("BRIDGE_CANCELLED"), chooseImage: no("UNAVAILABLE"), verifyFace: no("INVALID_INPUT"),
    },
    bare: {},
  };
}"""
"""What a host has: everything; something that fails; nothing but a session."""

GOOD: dict[str, tuple[str, object]] = {
    "ssoTicket": ("", {"result": True, "ticketId": "t"}),
    "getUserType": ("", {"userType": "2"}),
    "zmAuthentication": ("{}", {"status": "success", "msg": "", "pass": True, "passId": "p"}),
    "setTitle": ("{ title: '标题' }", {"result": "success"}),
    "openLink": ("{ url: 'https://example.cn/' }", {}),
    "close": ("", {}),
    "phoneCall": ("{ corpId: '12345' }", {}),
    "sms": ("{ phoneNumber: '12345', text: 'x' }", {}),
    "getLocation": (
        "", {"longitude": 120.1, "latitude": 30.2, "cityName": "杭州市", "region": "", "townCode": "", "detailAddress": ""},
    ),
    "getNetworkType": ("", {"result": "wifi"}),
    "setClipboardData": ("{ text: 'x' }", {}),
    "monitorTrace": ("{ monitorType: 'click' }", {}),
    "getCurrentLocationCity": ("", {"cityId": "330106", "cityName": "西湖区", "webId": "", "orgCode": ""}),
    "selectCity": ("", {"cityId": "330302", "cityName": "鹿城区", "webId": "", "orgCode": ""}),
    "chooseImage": ("{ upload: false }", {"picSrc": ["AQID"], "picPath": []}),
    "saveImage": ("{ url: 'a.png' }", {}),
    "scan": ("{ type: 'qrCode' }", {"text": "code"}),
    "pay": ("{ platform: 1, credential: 'x' }", {}),
    "downloadFile": ("{ url: 'https://example.cn/a.xls' }", {"success": True}),
    "confirm": ("{ title: 'a', message: 'b', buttonLabels: ['否', '是'] }", {"buttonIndex": 1}),
    "alert": ("{ message: 'a' }", {}),
    "toast": ("{ type: 'success', message: 'a', duration: 1000 }", {}),
    "prompt": ("{ message: 'a', inputType: 'password' }", {"buttonIndex": 1, "value": "typed"}),
    "actionSheet": ("{ title: 'a', otherButtons: ['甲', '乙'] }", {"buttonIndex": 0, "value": "甲"}),
    "showPreloader": ("{ text: 'a', showIcon: true }", {}),
    "hidePreloader": ("", {}),
    "share": ("{ url: 'https://example.cn/', title: 'a' }", {}),
    "directShare": ("{ url: 'https://example.cn/', channel: 'wechat' }", {}),
    "getUiStyle": ("", {"uiStyle": "normal"}),
}  # fmt: skip
"""Arguments, and what is answered by a host that has everything."""

REFUSED: list[tuple[str, str, str, int]] = [
    ("denied", "getLocation", "", 1001), ("denied", "scan", "{ type: 'qrCode' }", 1002),
    ("denied", "share", "{ url: 'https://example.cn/' }", -1), ("denied", "pay", "{ platform: 1, credential: 'x' }", 6001),
    ("denied", "chooseImage", "{}", 1001), ("denied", "zmAuthentication", "{}", 1003),
    ("good", "chooseImage", "{ upload: true }", 1004), ("good", "getClipboardData", "", -1),
    ("bare", "getLocation", "", 1002), ("bare", "scan", "{}", 1001), ("bare", "share", "{ url: 'https://example.cn/' }", 1001),
    ("bare", "pay", "{ platform: 1, credential: 'x' }", 40000), ("bare", "zmAuthentication", "{}", 1001), ("bare", "toast", "{}", -1),
]  # fmt: skip
"""Which host, method, arguments, and the number of the error."""
