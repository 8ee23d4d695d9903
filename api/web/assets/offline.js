/* On the page that stands in while there is no network: asks again by and by, and goes on when there is an answer. */
async function ask() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    if (answer.ok && location.pathname !== "/offline") location.reload();
  } catch {
    // still away
  }
}
addEventListener("online", ask);
setInterval(ask, 4000);
document.getElementById("again").addEventListener("click", () => location.reload());
