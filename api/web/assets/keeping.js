/* What is typed lasts: it lies on this device until it is sent, sealed with a key that only its citizen's pages
   bring.  A dead network, a closed tab and a restart lose nothing; another citizen, and signing out, wipe it.

   <form data-keep="name of the form, the same each time">  its fields, but files and what is hidden
   <input type="hidden" data-kept>                          and this one: a retry has the same key */

const PREFIX = "banshi:typed:";
const DAYS = 30;
const { owner, typedKey } = document.getElementById("main").dataset;
const able = Boolean(owner && typedKey && crypto.subtle);
const sealing = able ? crypto.subtle.importKey("raw", fromHex(typedKey), "AES-GCM", false, ["encrypt", "decrypt"]) : null;
const writing = new Map(); // the last write of each form: they happen one after the other

function fromHex(text) {
  return Uint8Array.from(text.match(/../g), (each) => parseInt(each, 16));
}
const toText = (bytes) => btoa(Array.from(new Uint8Array(bytes), (each) => String.fromCharCode(each)).join(""));
const fromText = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
const named = (form) => `${PREFIX}${owner}:${form.dataset.keep}`;
const about = (form) => new TextEncoder().encode(form.dataset.keep);

async function sealed(form, fields) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(fields));
  const hidden = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: about(form) }, await sealing, plain);
  return JSON.stringify({ at: Date.now(), iv: toText(iv), text: toText(hidden) });
}

async function opened(form) {
  try {
    const { iv, text } = JSON.parse(localStorage.getItem(named(form)));
    const how = { name: "AES-GCM", iv: fromText(iv), additionalData: about(form) };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, await sealing, fromText(text))));
  } catch {
    return null; // nothing is kept, or it is of another key
  }
}

function lasting(field) {
  if (!field.name || field.type === "file" || field.type === "submit") return false;
  return field.type !== "hidden" || "kept" in field.dataset;
}

function typed(form) {
  const fields = [...form.elements].filter(lasting);
  return fields.map((each) => [each.name, each.value, "checked" in each && each.type !== "hidden" ? each.checked : null]);
}

function keep(form) {
  const fields = typed(form), name = named(form);
  const before = writing.get(name) || Promise.resolve();
  writing.set(name, before.then(async () => {
    if (form.dataset.sent) return;
    localStorage.setItem(name, await sealed(form, fields));
    form.dataset.keptAt = String(Date.now()); // tests and the curious see that it is safe
  }).catch(() => {}));
}

function drawn(field) { // as the server drew it: a browser that reloads puts back what was typed, before us
  if (field.options) return ([...field.options].find((each) => each.defaultSelected) || field.options[0])?.value;
  return field.defaultValue;
}

function fill(form, kept) {
  let changed = false;
  for (const [name, value, checked] of kept) {
    for (const field of [...form.elements].filter((each) => lasting(each) && each.name === name)) {
      const chosen = field.type === "radio" || field.type === "checkbox";
      if (chosen && field.value === value) {
        changed = changed || field.defaultChecked !== checked;
        field.checked = checked;
      }
      if (!chosen) {
        changed = changed || (field.type !== "hidden" && drawn(field) !== value);
        field.value = value;
      }
    }
  }
  return changed;
}

function tell(form) {
  const said = document.createElement("p");
  said.className = "kept";
  said.setAttribute("role", "status");
  said.textContent = "已恢复您在这台设备上填过、还没有提交的内容。";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "button plain";
  drop.textContent = "不要了，重新填";
  drop.addEventListener("click", () => { forget(form); location.reload(); });
  form.prepend(said);
  said.after(drop);
}

function forget(form) {
  form.dataset.sent = "yes";
  localStorage.removeItem(named(form));
}

function sweep() {
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
    const isOld = Date.now() - (JSON.parse(localStorage.getItem(name)).at || 0) > DAYS * 86_400_000;
    if (isOld || !name.startsWith(`${PREFIX}${owner}:`)) localStorage.removeItem(name);
  }
}

if (able) {
  sweep();
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const kept = await opened(form);
    if (kept && fill(form, kept)) tell(form);
    form.dataset.ready = "yes";
  }
  for (const happening of ["input", "change"]) {
    document.addEventListener(happening, (event) => {
      const form = event.target.form;
      if (form && "keep" in form.dataset) keep(form);
    });
  }
  document.addEventListener("banshi:sent", (event) => { if ("keep" in event.target.dataset) forget(event.target); });
}
