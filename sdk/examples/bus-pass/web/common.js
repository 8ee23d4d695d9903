// What each page does: it dresses as the citizen wants, tells that it was seen, and leaves no way back into signing in.
(function () {
  var begun = Date.now();

  function dress() {
    ZWJSBridge.getUiStyle().then(function (told) {
      document.documentElement.className = told.uiStyle;
      document.querySelectorAll("a[href*='uiType=']").forEach(function (link) {
        link.href = link.getAttribute("href").replace(/uiType=\w+/, "uiType=" + told.uiStyle);
      });
    }, function () {});
  }

  ZWJSBridge.onReady(function () {
    dress();
    ZWJSBridge.setTitle({ title: document.title }).catch(function () {});
    window.zwlog = new ZwLog({});
    zwlog.onReady(function () {
      var seconds = (Date.now() - begun) / 1000;
      zwlog.sendPV({
        miniAppId: "bus-pass", miniAppName: "优待乘车", pageId: location.pathname, pageName: document.title,
        t2: seconds, t0: seconds, log_status: "02",
      });
    });
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href*='uiType=']");
    if (!link) return;
    event.preventDefault();
    location.replace(link.href);
  });
  window.addEventListener("pageshow", function () {
    if (performance.navigation.type === 2) ZWJSBridge.close();
  });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) dress();
  });
})();
