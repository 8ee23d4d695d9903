/* Asks by and by whether the phone has answered, without loading the page anew: readers are not disturbed. */
"use strict";

const state = document.getElementById("state");

async function ask() {
  const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" });
  if (answer.status === 429) return;
  const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const now = page && page.getElementById("state");
  if (!now) location.reload();
  else if (now.textContent !== state.textContent) state.textContent = now.textContent;
}

setInterval(() => ask().catch(() => {}), 3000);
