// A patient's form: the next question at once, each answer kept until the server has it.
// Without this script every question is an ordinary form, and nothing is lost but the speed.
(() => {
  "use strict";

  const PREFIX = "onmodel:form:";
  const A_DAY = 86400000;
  const RETRY = [2000, 5000, 15000, 30000];

  const read = (storage, key) => {
    try { return JSON.parse(storage.getItem(key)) ?? []; } catch { return []; }
  };

  const start = () => {
    forgetOld();
    const source = document.getElementById("form-settings");
    if (!source) return;
    const settings = JSON.parse(source.textContent);
    // On the unit's tablet nothing outlives the tab.
    const storage = settings.shared ? window.sessionStorage : window.localStorage;
    const key = PREFIX + settings.key;
    if (settings.done) {
      storage.removeItem(key);
      return;
    }
    run(settings, storage, key);
  };

  // What was left of forms that were finished elsewhere.
  const forgetOld = () => {
    Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => {
      const rows = read(localStorage, name);
      if (!rows.length || rows.every((row) => Date.now() - row.at > 30 * A_DAY)) localStorage.removeItem(name);
    });
  };

  const run = (settings, storage, key) => {
    const { words } = settings;
    const status = document.getElementById("status");
    const place = document.getElementById("screen");
    const given = { ...settings.given };
    let shownAt = Date.now();
    let sending = null;
    let tries = 0;
    let timer = 0;
    let at = Number(place?.querySelector("[name=at]")?.value ?? 0);
    let used = Date.now();

    const tokenField = document.querySelector("#screen [name=csrfmiddlewaretoken]");
    const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
    const queue = () => read(storage, key);
    const keep = (rows) => {
      if (rows.length) storage.setItem(key, JSON.stringify(rows));
      else storage.removeItem(key);
    };
    const say = (text, kind) => {
      status.textContent = text;
      status.dataset.kind = kind;
    };

    // --- sending ---
    const send = async () => {
      const rows = queue();
      if (!rows.length) return true;
      const now = Date.now();
      const answers = rows.map(({ item, value, at: when, seconds }) => ({ item, value, seconds, age: (now - when) / 1000 }));
      const response = await fetch(settings.answers, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ answers }),
        redirect: "manual",
      });
      if (response.type === "opaqueredirect" || response.status === 403) {
        say(words.ended, "ended");
        return false;
      }
      if (response.status >= 500) throw new Error(response.status);
      const answer = await response.json();
      const sent = new Set(rows.map((row) => `${row.item} ${row.at}`));
      keep(queue().filter((row) => !sent.has(`${row.item} ${row.at}`)));
      if (answer.finished) {
        storage.removeItem(key);
        window.location.assign(settings.finish);
        return false;
      }
      const wrong = Object.values(answer.problems ?? {});
      say(wrong.length ? wrong.join(" ") : words.saved, wrong.length ? "problem" : "saved");
      return queue().length ? send() : true;
    };
    const flush = () => {
      window.clearTimeout(timer);
      sending ??= send()
        .then((done) => { tries = 0; return done; })
        .catch(() => {
          say(words.waiting, "waiting");
          timer = window.setTimeout(flush, RETRY[Math.min(tries, RETRY.length - 1)]);
          tries += 1;
          return false;
        })
        .finally(() => { sending = null; });
      return sending;
    };

    // --- answering ---
    const answer = (item, value) => {
      const now = Date.now();
      const rows = queue().filter((row) => row.item !== item);
      rows.push({ item, value, at: now, seconds: Math.round((now - shownAt) / 100) / 10 });
      keep(rows);
      given[item] = value;
      used = now;
      flush();
    };

    const fill = (root) => {
      root.querySelectorAll("[name^='answer-']").forEach((field) => {
        const item = field.name.slice("answer-".length);
        const value = given[item];
        if (field.matches("button")) field.setAttribute("aria-pressed", String(value === field.value));
        else if (value !== undefined && value !== null) field.value = value;
      });
    };

    const put = (name) => {
      const template = document.querySelector(`template[data-screen="${name}"]`);
      place.replaceChildren(template.content.cloneNode(true));
      place.querySelector("form")?.append(tokenField);
      fill(place);
      place.querySelector("h1").focus();
      window.scrollTo(0, 0);
      shownAt = Date.now();
    };

    const show = (number, push = true) => {
      if (number > settings.screens) {
        last();
        return;
      }
      at = number;
      put(number);
      document.getElementById("place").textContent =
        words.title.replace("%(number)s", number).replace("%(of)s", settings.screens);
      document.getElementById("progress").value = number;
      if (push) window.history.pushState({ number }, "", `?at=${number}`);
    };
    const last = async () => {
      put("last");
      while (!(await flush())) {
        if (status.dataset.kind === "ended") return;
        await new Promise((go) => { window.setTimeout(go, 1000); });
      }
      window.location.assign(settings.finish);
    };

    const risky = (field, value) => {
      const from = field.closest("[data-risk]")?.dataset.risk;
      return from !== undefined && value !== "" && value !== "na" && Number(String(value).replace(",", ".")) >= Number(from);
    };
    const wrong = (field) => {
      const { low, high } = field.dataset;
      const number = Number(field.value.replace(",", "."));
      return field.matches("input") && field.value !== "" &&
        (Number.isNaN(number) || (low && number < Number(low)) || (high && number > Number(high)));
    };

    const submitted = (event) => {
      const button = event.submitter;
      const form = event.target;
      const typed = [...form.querySelectorAll("input[name^='answer-'], textarea")];
      if (!typed.every((field) => !wrong(field))) return; // the server says what is wrong
      event.preventDefault();
      let alarm = false;
      const one = (field, value) => {
        answer(field.name.slice("answer-".length), value);
        alarm ||= risky(field, value);
      };
      if (button?.name === "pass") answer(button.value, "");
      else if (button?.name.startsWith("answer-")) one(button, button.value);
      else typed.forEach((field) => one(field, field.value.trim()));
      if (alarm) put("safety");
      else show(at + 1);
    };

    place?.addEventListener("submit", submitted);
    place?.addEventListener("click", (event) => {
      if (event.target.closest("[data-next]")) show(at + 1);
      if (event.target.closest("[data-back]")) {
        event.preventDefault();
        show(at - 1);
      }
    });
    window.addEventListener("popstate", () => {
      if (place) show(Number(new URLSearchParams(window.location.search).get("at") ?? 1), false);
    });
    document.querySelector("[data-finish]")?.addEventListener("submit", async (event) => {
      const form = event.target;
      event.preventDefault();
      if (await flush()) form.submit();
    });
    document.querySelectorAll("[data-leave]").forEach((form) => form.addEventListener("submit", () => {
      if (settings.shared) storage.removeItem(key);
    }));
    window.addEventListener("online", flush);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });

    // A page left open does not go on showing somebody's answers.
    if (settings.idle) {
      window.setInterval(() => {
        if (Date.now() - used > 1000 * settings.idle) {
          place?.replaceChildren();
          say(words.ended, "ended");
        }
      }, 5000);
    }
    queue().forEach((row) => { given[row.item] = row.value; });
    if (place) fill(place);
    if (queue().length) flush();
  };

  document.addEventListener("DOMContentLoaded", start);
})();
