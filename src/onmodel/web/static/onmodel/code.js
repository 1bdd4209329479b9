// A one-time link carries its code behind the #, which no server or log sees: put it in the field.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const field = document.querySelector("input[name=code]");
    const code = decodeURIComponent(window.location.hash.slice(1));
    if (!field || !code) return;
    if (!field.value) field.value = code;
    // Nothing to type: one tap. Not sent by itself, as programs that look into mails would use the link up.
    field.closest("[data-field]").hidden = true;
    window.history.replaceState(null, "", window.location.pathname);
  });
})();
