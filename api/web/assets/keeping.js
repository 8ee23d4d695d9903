/* What is typed lasts: it lies on this device until it is sent, sealed with a key that only its citizen's pages
   bring.  A dead network, a closed tab and a restart lose nothing; another citizen, and signing out, wipe it.

   <form data-keep="name of the form, the same each time">  its fields, but files and what is hidden
   <input type="hidden" data-kept>                          and this one: a retry has the same key
   <form data-drops="id">                                   once it is sent, what was typed in forms of that name goes
   <p data-says-kept hidden>                                is shown while this holds; a full device is told of */

const PREFIX = "banshi:typed:";
const DAYS = 30;
const { owner, typedKey } = document.getElementById("main").dataset;
const able = Boolean(owner && typedKey && crypto.subtle && lasts());
const sealing = able ? crypto.subtle.importKey("raw", fromHex(typedKey), "AES-GCM", false, ["encrypt", "decrypt"]) : null;
const writing = new Map(); // the last write of each form: they happen one after the other

function lasts() { // some browsers refuse even the look
  try {
    return localStorage.length >= 0;
  } catch {
    return false;
  }
}

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
    safe(form);
  }).catch(() => unsafe(form)));
}

function promise(holds) {
  for (const each of document.querySelectorAll("[data-says-kept]")) each.hidden = !holds;
}

function safe(form) {
  form.dataset.keptAt = String(Date.now()); // says so to sending.js, to tests and to the curious
  form.querySelector(".unkept")?.remove();
  promise(true);
}

function unsafe(form) { // mostly the device is full: what was kept before stays, but is not what stands here now
  delete form.dataset.keptAt;
  promise(false);
  if (form.querySelector(".unkept")) return;
  const said = document.createElement("p");
  said.className = "notice unkept";
  said.setAttribute("role", "alert");
  said.textContent = "这台设备存不下了：您刚填的内容没有保存在这台设备上。请不要关闭这个页面，填好后马上提交。";
  form.prepend(said);
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

const names = () => Object.keys(localStorage).filter((each) => each.startsWith(PREFIX));

function keptSince(name) { // 0: nobody knows, so it is of no use
  try {
    return Number(JSON.parse(localStorage.getItem(name)).at) || 0;
  } catch {
    return 0;
  }
}

function sweep() {
  for (const name of names()) {
    const isOld = Date.now() - keptSince(name) > DAYS * 86_400_000;
    if (isOld || !name.startsWith(`${PREFIX}${owner}:`)) localStorage.removeItem(name);
  }
}

function drop(id) {
  for (const form of document.querySelectorAll("form[data-keep]")) if (form.dataset.keep.includes(id)) forget(form);
  for (const name of names()) if (name.includes(id)) localStorage.removeItem(name);
}

if (able) {
  sweep();
  promise(true);
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const kept = await opened(form);
    if (kept) safe(form);
    if (kept && fill(form, kept)) tell(form);
    form.dataset.ready = "yes";
  }
  for (const happening of ["input", "change"]) {
    document.addEventListener(happening, (event) => {
      const form = event.target.form;
      if (form && "keep" in form.dataset) keep(form);
    });
  }
  document.addEventListener("banshi:sent", ({ target }) => {
    if ("keep" in target.dataset) forget(target);
    if (target.dataset.drops) drop(target.dataset.drops);
  });
}
