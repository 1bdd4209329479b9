// Rating while watching: each answer is saved as it is given, keys do what the mouse can, notes jump.
(() => {
  "use strict";

  const player = () => document.querySelector("[data-player]");
  const TEN = 10;
  const AGAIN = 4000;

  document.addEventListener("click", (event) => {
    const jump = event.target.closest("[data-jump]");
    const media = player();
    if (!jump || !media) return;
    media.currentTime = Number(jump.dataset.jump);
    media.play().catch(() => {});
  });

  const send = (address, data) => fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });

  const rate = (form) => {
    const status = form.querySelector("[data-status]");
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    const unsaved = new Map();
    let busy = false;
    let timer = 0;

    const say = (text, kind = "") => {
      status.textContent = text;
      status.dataset.kind = kind;
    };

    const save = async () => {
      if (busy || !unsaved.size) return;
      busy = true;
      clearTimeout(timer);
      const sent = new Map(unsaved);
      const data = new FormData();
      data.set("csrfmiddlewaretoken", token.value);
      sent.forEach((value, name) => data.set(name, value));
      say(form.dataset.saving);
      try {
        const answer = await send(form.action, data);
        if (answer.redirected || ![200, 422].includes(answer.status)) throw new Error(String(answer.status));
        const { problems } = await answer.json();
        sent.forEach((value, name) => { if (unsaved.get(name) === value) unsaved.delete(name); });
        const wrong = Object.values(problems).join(" ");
        say(wrong || form.dataset.saved, wrong ? "problem" : "");
      } catch {
        say(form.dataset.failed, "problem");
        timer = setTimeout(save, AGAIN);
      }
      busy = false;
      if (unsaved.size && !timer) save();
      timer = 0;
    };

    form.addEventListener("change", (event) => {
      if (!event.target.name) return;
      unsaved.set(event.target.name, event.target.value);
      save();
    });

    // What was typed last is kept before the form goes.
    form.addEventListener("submit", async (event) => {
      const button = event.submitter;
      if (!button?.dataset || !("submit" in button.dataset) || !(unsaved.size || busy)) return;
      event.preventDefault();
      while (busy) await new Promise((done) => setTimeout(done, 50));
      await save();
      if (!unsaved.size) form.requestSubmit(button);
    });
    window.addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });

    const groups = [...form.querySelectorAll("fieldset[data-item]")];
    const focus = (group) => {
      const radio = group?.querySelector(":checked") ?? group?.querySelector("input");
      radio?.focus();
      radio?.scrollIntoView({ block: "center" });
    };
    const step = (group, by) => focus(groups[groups.indexOf(group) + by]);

    const choose = (group, value) => {
      const radio = group.querySelector(`input[value="${value}"]`);
      if (!radio) return;
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
      step(group, 1);
    };

    const count = (group, by) => {
      const field = group.closest("[data-row]")?.querySelector("[data-count]");
      if (!field) return;
      field.value = Math.max(0, Number(field.value || 0) + by);
      field.dispatchEvent(new Event("change", { bubbles: true }));
    };

    const note = document.querySelector("[data-note-form]");
    const clock = (seconds) => {
      const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
      if (!parts[0]) parts.shift();
      return parts.map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
    };
    const startNote = (group) => {
      const media = player();
      note.elements.at_seconds.value = media ? Math.floor(media.currentTime) : "";
      note.elements.item.value = group?.dataset.item ?? "";
      document.querySelector("[data-note-time]").textContent = media ? `(${clock(Math.floor(media.currentTime))})` : "";
    };
    note?.elements.text.addEventListener("focus", () => { if (!note.elements.text.value) startNote(null); });
    note?.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const answer = await send(note.action, new FormData(note));
        const { html, problems } = await answer.json();
        if (!html) return say(Object.values(problems).join(" "), "problem");
        document.querySelector("[data-notes]").insertAdjacentHTML("beforeend", html);
        note.reset();
        document.querySelector("[data-note-time]").textContent = "";
        focus(groups.find((group) => group.dataset.item === note.dataset.back) ?? groups[0]);
      } catch {
        say(form.dataset.failed, "problem");
      }
    });

    const DOES = {
      ArrowDown: (group) => step(group, 1),
      ArrowUp: (group) => step(group, -1),
      "0": (group) => choose(group, "na"),
      "+": (group) => count(group, 1),
      "-": (group) => count(group, -1),
      n: (group) => {
        if (!note) return;
        startNote(group);
        note.dataset.back = group.dataset.item;
        note.elements.text.value = note.elements.text.value || " ";
        note.elements.text.focus();
        note.elements.text.value = note.elements.text.value.trimStart();
      },
      " ": () => { const media = player(); if (media) media.paused ? media.play().catch(() => {}) : media.pause(); },
      j: () => { const media = player(); if (media) media.currentTime -= TEN; },
      l: () => { const media = player(); if (media) media.currentTime += TEN; },
    };
    form.addEventListener("keydown", (event) => {
      const group = event.target.closest("fieldset[data-item]");
      if (!group || event.ctrlKey || event.altKey || event.metaKey) return;
      const does = DOES[event.key] ?? DOES[event.key.toLowerCase()];
      if (does) {
        event.preventDefault();
        does(group);
      } else if (/^[1-9]$/.test(event.key)) {
        event.preventDefault();
        choose(group, event.key);
      }
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form[data-rating]");
    if (form) rate(form);
  });
})();
