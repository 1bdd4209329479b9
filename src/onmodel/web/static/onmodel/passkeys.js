// Passkeys: asks the browser for one (data-passkey="get") or a new one ("create"), and sends its answer
// with the form. The options stand in the page, or come from the address in data-passkey-from.
(() => {
  "use strict";

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const withBytes = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

  const understood = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.allowCredentials && { allowCredentials: withBytes(options.allowCredentials) }),
    ...(options.excludeCredentials && { excludeCredentials: withBytes(options.excludeCredentials) }),
  });

  const answered = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  const optionsOf = async (form) => {
    const from = form.dataset.passkeyFrom;
    if (!from) return JSON.parse(form.querySelector("#passkey-options").textContent);
    const answer = await fetch(from, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`no options: ${answer.status}`);
    return answer.json();
  };

  const ask = async (form) => {
    const options = await optionsOf(form);
    if (form.dataset.passkey === "get") {
      return navigator.credentials.get({ publicKey: understood(options.request_options.publicKey) });
    }
    const publicKey = understood(options.creation_options.publicKey);
    const alone = form.elements.passwordless?.checked;
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: Boolean(alone),
      ...(alone && { userVerification: "required" }),
    };
    return navigator.credentials.create({ publicKey });
  };

  const send = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      const credential = await ask(form);
      form.elements.credential.value = JSON.stringify(answered(credential));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const able = Boolean(window.PublicKeyCredential) && !/^[\d.]+$|:/.test(window.location.hostname);
    const missing = document.querySelector("[data-passkey-missing]");
    if (missing) missing.hidden = able;
    document.querySelectorAll("[data-passkey]").forEach((form) => {
      form.hidden = !able;
      form.addEventListener("submit", send);
    });
  });
})();
