// Run the GraphQL-over-HTTP audits of the npm package graphql-http against a server: node audit.cjs URL
// Prints one JSON object: {"ok": 61, "failed": [{"id", "name", "status", "reason"}]}
const { auditServer } = require("graphql-http");

auditServer({ url: process.argv[2], fetchFn: fetch }).then((results) => {
  const failed = results
    .filter((each) => each.status !== "ok")
    .map(({ id, name, status, reason }) => ({ id, name, status, reason }));
  console.log(JSON.stringify({ ok: results.length - failed.length, failed }));
});
