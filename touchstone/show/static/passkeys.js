// A form that a passkey fills: the browser asks the device, and what it answers is sent as any form is.
"use strict";
(() => {
  for (const form of document.querySelectorAll("form[data-ceremony]")) {
    const button = form.querySelector("button");
    const told = form.querySelector("[data-told]");
    if (!window.PublicKeyCredential) { told.textContent = form.dataset.unknown; continue; }
    const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
    const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const each of [...(options.excludeCredentials ?? []), ...(options.allowCredentials ?? [])]) each.id = bytes(each.id);

    const plain = ({ id, rawId, type, response, authenticatorAttachment }) => {
      const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
      const answer = Object.fromEntries(parts.filter((name) => response[name]).map((name) => [name, text(response[name])]));
      return { id, rawId: text(rawId), type, response: answer, authenticatorAttachment, clientExtensionResults: {} };
    };
    button.hidden = false;
    told.textContent = "";
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        const made = await navigator.credentials[form.dataset.ceremony]({ publicKey: options });
        form.elements.credential.value = JSON.stringify(plain(made));
        form.submit();
      } catch {
        told.textContent = form.dataset.silent;
        button.disabled = false;
      }
    });
  }
})();
