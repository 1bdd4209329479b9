// Writing while a review takes place: what is filled in is sent as it is left, and kept.
(() => {
  "use strict";

  const AGAIN = 4000;

  const write = (form) => {
    const status = form.querySelector("[data-status]");
    let waiting = false;
    let busy = false;

    const say = (text, kind = "") => {
      status.textContent = text;
      status.dataset.kind = kind;
    };

    const save = async () => {
      if (busy) return;
      busy = true;
      waiting = false;
      say(form.dataset.saving);
      try {
        const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
        if (answer.redirected || ![200, 409, 422].includes(answer.status)) throw new Error(String(answer.status));
        const { seen, problems } = await answer.json();
        if (seen) form.elements.seen.value = seen;
        say(problems.join(" ") || form.dataset.saved, problems.length ? "problem" : "");
      } catch {
        waiting = true;
        say(form.dataset.failed, "problem");
        setTimeout(() => { if (waiting) save(); }, AGAIN);
        busy = false;
        return;
      }
      busy = false;
      if (waiting) save();
    };

    form.addEventListener("change", (event) => {
      if (!event.target.name || event.target.matches("[data-not-sent]")) return;
      waiting = true;
      save();
    });
    // The button sends everything, once nothing is under way, with the state that was kept last.
    form.addEventListener("submit", async (event) => {
      if (!busy) { waiting = false; return; }
      event.preventDefault();
      const button = event.submitter;
      while (busy) await new Promise((done) => setTimeout(done, 50));
      waiting = false;
      form.requestSubmit(button);
    });
    window.addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[data-review]").forEach(write));
})();
