// Passkeys need script: the browser's part of WebAuthn. Everything else on these pages works without.
//
// A form with `data-passkey` ("get" or "create") carries the server's options in `data-options`. Sending it asks
// the authenticator, puts its answer into the field `answer`, and sends the form as any other: nothing is fetched.
"use strict";

(() => {
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const prepare = (options) => {
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    for (const list of [options.allowCredentials, options.excludeCredentials]) {
      for (const each of list ?? []) each.id = toBytes(each.id);
    }
    return options;
  };

  const spell = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response,
    });
  };

  const ask = async (form) => {
    const publicKey = prepare(JSON.parse(form.dataset.options));
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey });
  };

  if (!window.PublicKeyCredential) return;
  for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        form.elements.answer.value = spell(await ask(form));
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
