// The end of a session: warns before it, covers the page after it, and loses nothing that was typed.
(() => {
  "use strict";

  const PREFIX = "onmodel:draft:";
  const ENDED = "onmodel:ended";
  const SENT = "onmodel:sent";
  const NEVER = "[type=password], [type=hidden], [type=file], [autocomplete=one-time-code]";

  const start = () => {
    const dialog = document.getElementById("session");
    const part = (name) => dialog.querySelector(`[data-session=${name}]`);
    const { keep: address, who } = dialog.dataset;
    const [limit, warning] = [dialog.dataset.limit, dialog.dataset.warning].map((text) => 1000 * Number(text));
    let endsAt = Date.now() + 1000 * Number(dialog.dataset.left);
    let kept = Date.now();
    let state = "open"; // open, warning, over

    // --- what was typed ---
    const forms = () => [...document.querySelectorAll("form[method=post]:not([data-no-draft])")];
    const key = (form) => {
      const action = form.getAttribute("action") ?? "";
      const alike = forms().filter((other) => (other.getAttribute("action") ?? "") === action);
      return `${PREFIX}${who}:${location.pathname}:${action}:${alike.indexOf(form)}`;
    };
    const fields = (form) => [...form.elements].filter((one) => one.name && one.type !== "submit" && !one.matches(NEVER));
    const isBox = (field) => field.type === "checkbox" || field.type === "radio";

    const keepDraft = (form) => {
      const typed = fields(form).map((field) => (isBox(field) ? field.checked : field.value));
      sessionStorage.setItem(key(form), JSON.stringify(typed));
    };
    const putBack = (form) => {
      const draft = sessionStorage.getItem(key(form));
      if (draft === null) return false;
      const typed = JSON.parse(draft);
      fields(form).forEach((field, place) => {
        if (typed[place] === undefined) return;
        if (isBox(field)) field.checked = typed[place];
        else field.value = typed[place];
      });
      return true;
    };
    const drafts = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
    const forget = (names) => names.forEach((name) => sessionStorage.removeItem(name));

    const openPage = () => {
      forget(drafts().filter((name) => !name.startsWith(`${PREFIX}${who}:`)));
      const fromSignIn = document.referrer && new URL(document.referrer).pathname.startsWith("/sign-in/");
      if (fromSignIn || sessionStorage.getItem(ENDED)) {
        const restored = forms().map(putBack);
        document.getElementById("session-restored").hidden = !restored.includes(true);
        if (restored.includes(true)) document.querySelector("main").prepend(document.getElementById("session-restored"));
      } else {
        forget(drafts().filter((name) => name.startsWith(`${PREFIX}${who}:${location.pathname}:`)));
        forget([sessionStorage.getItem(SENT)]); // it arrived: no sign-in came between
      }
      forget([ENDED, SENT]);
    };

    // --- the clock ---
    const show = (name) => {
      part("warning").hidden = name !== "warning";
      part("over").hidden = name !== "over";
      const heading = part(name).querySelector("h2");
      dialog.querySelector("#session-title")?.removeAttribute("id");
      heading.id = "session-title";
      if (!dialog.open) dialog.showModal();
    };
    const warn = () => {
      state = "warning";
      show("warning");
    };
    const end = () => {
      state = "over";
      sessionStorage.setItem(ENDED, "1");
      document.documentElement.classList.add("session-over");
      show("over");
    };
    const goOn = (answer) => {
      if (answer.who !== who) {
        location.reload();
        return;
      }
      endsAt = Date.now() + 1000 * answer.left;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = answer.token; });
      if (state === "over") sessionStorage.removeItem(ENDED);
      if (state !== "open" && endsAt - Date.now() > warning) {
        state = "open";
        document.documentElement.classList.remove("session-over");
        dialog.close();
      }
    };

    const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const ask = async (method) => {
      const answer = await fetch(address, { method, headers: method === "POST" ? { "X-CSRFToken": token() } : {} });
      if (answer.status === 403 && method === "POST") return ask("GET"); // signed in anew: takes the new token
      if (!answer.ok) return undefined;
      const found = await answer.json();
      return found.left ? goOn(found) : end();
    };
    const quietly = (method) => ask(method).catch(() => undefined); // no network: the clock goes on
    const keep = () => {
      kept = Date.now();
      return quietly("POST");
    };

    const tick = () => {
      const left = endsAt - Date.now();
      const seconds = Math.max(0, Math.ceil(left / 1000));
      dialog.querySelector("[data-session-left]").textContent =
        `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (state === "open" && left <= warning) {
        warn();
        quietly("GET"); // another tab may have kept the session
      }
      if (state === "warning" && left <= 0) end();
    };
    const look = () => { if (state !== "open" && !document.hidden) quietly("GET"); };

    const used = () => {
      if (state === "open" && Date.now() - kept > Math.min(60000, limit / 6)) keep();
    };
    ["keydown", "pointerdown", "input"].forEach((kind) => document.addEventListener(kind, used, { passive: true }));

    document.addEventListener("input", (event) => {
      const form = event.target.form;
      if (form && forms().includes(form)) keepDraft(form);
    });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (Date.now() >= endsAt || state === "over") {
        event.preventDefault();
        end();
      } else if (form.matches("[data-sign-out]")) {
        forget(drafts());
      } else if (forms().includes(form)) {
        keepDraft(form); // comes back only by way of the sign-in
        sessionStorage.setItem(SENT, key(form));
      }
    }, true);
    dialog.querySelector("[data-session-keep]").addEventListener("click", keep);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => { if (state !== "open") dialog.showModal(); });
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    setInterval(tick, 500);
    setInterval(() => { if (state === "over") look(); }, 3000);
    openPage();
    tick();
  };

  document.addEventListener("DOMContentLoaded", start);
})();
