/* Passkeys need a script: the browser's authenticator is asked, and its answer is sent as a plain form. */
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (credentials) => (credentials || []).map((each) => ({ ...each, id: bytes(each.id) }));

function creation(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  };
}

function request(options) {
  return { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) };
}

function told(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const given = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(given), ...(response.getTransports ? { transports: response.getTransports() } : {}) },
  });
}

const form = document.querySelector("form[data-passkey]");
const problem = document.getElementById("passkey-problem");

form.addEventListener("submit", async (event) => {
  if (form.elements.credential.value) return;
  event.preventDefault();
  problem.hidden = true;
  try {
    const options = JSON.parse(form.dataset.options);
    const made = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: creation(options) })
      : await navigator.credentials.get({ publicKey: request(options) });
    form.elements.credential.value = told(made);
    form.submit();
  } catch (error) {
    problem.textContent = error.name === "InvalidStateError"
      ? "这台设备上已经有您的通行密钥，不需要再添加。"
      : "没有完成。请确认设备已设置锁屏密码、指纹或人脸，然后再试一次。";
    problem.hidden = false;
  }
});

document.querySelectorAll("[data-with-script]").forEach((each) => { each.hidden = false; });
