// The page of the pass: signs in by ticket, then asks by mgop.
(function () {
  var KINDS = { free: "免费乘车卡", reduced: "半价乘车卡" };
  var key = "";

  function at(id) { return document.getElementById(id); }

  function say(text) { at("said").textContent = text; }

  function tell(problem) {
    say("");
    at("problem").textContent = problem;
    at("problem").hidden = at("again").hidden = !problem;
    if (problem) at("problem").focus();
  }

  // one call; the gateway says what went wrong in words after "::"
  function call(name, data) {
    return new Promise(function (resolve, reject) {
      mgop({
        api: "mgop.transport.buspass." + name, host: location.origin, dataType: "JSON", type: "POST", data: data,
        onSuccess: function (told) { if (told && told.data) resolve(told.data); else reject({ words: "暂时没有回应，请稍后再试。" }); },
        onFail: function (told) {
          var ret = String((told && told.ret && told.ret[0]) || "::暂时没有回应，请稍后再试。").split("::");
          reject({ code: ret[0], words: ret[1] || "暂时没有回应，请稍后再试。" });
        },
      });
    });
  }

  function show(pass) {
    say("");
    if (pass.kind === "none") {
      at("card").hidden = true;
      say("您还没有满 60 周岁，满了以后就有优待卡，不用申请。");
      return;
    }
    at("kind").textContent = KINDS[pass.kind] || "优待乘车卡";
    at("serial").textContent = pass.serial;
    at("until").textContent = pass.until;
    at("review").hidden = pass.reviewed;
    at("card").hidden = false;
  }

  // what comes after a session that is over begins anew, once
  function withSession(name, isAgain) {
    return call(name, { key: key }).catch(function (problem) {
      if (problem.code !== "SIGN_IN_AGAIN" || isAgain) throw problem;
      return login().then(function () { return withSession(name, true); });
    });
  }

  function login() {
    return ZWJSBridge.ssoTicket({}).then(function (told) {
      if (!told.result) throw { words: "请从办事平台打开本服务。" };
      return call("login", { ticket: told.ticketId });
    }, function () {
      throw { words: "您没有同意提供身份信息，不能查询优待卡。" };
    }).then(function (told) {
      key = told.key;
      at("name").textContent = told.name;
    });
  }

  function begin() {
    tell("");
    say("正在登录……");
    ZWJSBridge.getUserType().then(function (told) {
      if (String(told.userType) === "2") throw { words: "请以个人身份使用本服务。" };
      return login();
    }).then(function () { return withSession("card"); }).then(show).catch(function (problem) { tell(problem.words || "请从办事平台打开本服务。"); });
  }

  function review() {
    ZWJSBridge.confirm({ title: "年度审验", message: "确认本人仍在使用这张卡？", buttonLabels: ["取消", "确认"] }).then(function (told) {
      if (told.buttonIndex !== 1) return;
      zwlog.record("review", "CLK", {});
      aplus_queue.push({ action: "aplus.record", arguments: ["review", "CLK", {}] });
      return withSession("review").then(function (pass) {
        show(pass);
        return ZWJSBridge.toast({ type: "success", message: "审验已完成", duration: 3000 });
      });
    }).catch(function (problem) { tell(problem.words || "没有成功，请稍后再试。"); });
  }

  at("again").addEventListener("click", begin);
  at("review").addEventListener("click", review);
  ZWJSBridge.onReady(begin);
})();
