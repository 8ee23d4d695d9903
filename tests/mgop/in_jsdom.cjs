// Opens a page in jsdom and runs there what comes by line: {"name": …, "given": […]} -> what it settles with.
const dns = require("node:dns");
const http = require("node:http");
const readline = require("node:readline");

const lookup = dns.lookup;
dns.lookup = (name, options, done) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, options, done);
const { JSDOM, VirtualConsole } = require("jsdom");

(async () => {
  const virtualConsole = new VirtualConsole(); // the client talks a lot
  const page = await JSDOM.fromURL(process.argv[2], {
    runScripts: "dangerously",
    resources: "usable",
    virtualConsole,
  });
  await new Promise((done) => page.window.addEventListener("load", done));
  // jsdom sends no Origin, as browsers do; a host app sends its own, and puts the cookie where the page has its own
  page.window.enter = (token) =>
    new Promise((settle) => {
      const body = JSON.stringify({ token });
      const headers = { "content-type": "application/json", origin: page.window.location.origin };
      const asked = http.request(new URL("/h5/enter", process.argv[2]), { method: "POST", headers }, (answer) => {
        for (const line of answer.headers["set-cookie"] ?? []) page.cookieJar.setCookieSync(line, process.argv[2]);
        settle(JSON.stringify(answer.statusCode));
      });
      asked.end(body);
    });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { name, given } = JSON.parse(line);
    process.stdout.write((await page.window[name](...given)) + "\n");
  }
  process.exit(0);
})();
