// Typing a form in: a digit leads on, each answer is kept, what is out of range is said at once.
(() => {
  "use strict";

  const start = () => {
    const form = document.querySelector("form[data-range]");
    const fields = [...form.querySelectorAll(".entry input, .entry textarea")];
    const status = form.querySelector("[data-entry-status]");
    const { entry: address, range, kept, waiting, ended } = form.dataset;
    const saved = new Map(fields.map((field) => [field.name, field.value]));
    let shownAt = Date.now();
    let sending = Promise.resolve();

    const limits = (field) => ["low", "high"].map((name) => (field.dataset[name] ? Number(field.dataset[name]) : null));
    const numberOf = (field) => Number(field.value.trim().replace(",", "."));
    const isWrong = (field) => {
      if (field.matches("textarea") || ["", "na"].includes(field.value.trim())) return false;
      const [low, high] = limits(field);
      const number = numberOf(field);
      return Number.isNaN(number) || (low !== null && number < low) || (high !== null && number > high);
    };
    // Whether another digit could still make a valid answer.
    const isWhole = (field) => {
      const [low, high] = limits(field);
      if (low === null || high === null || low < 0 || !/^\d+$/.test(field.value)) return false;
      return field.value.length >= String(Math.floor(high)).length || 10 * numberOf(field) > high;
    };
    const say = (field, text) => {
      document.getElementById(`${field.id}-note`).textContent = text;
      if (text) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      field.closest("li").classList.toggle("entry-wrong", Boolean(text));
    };
    const check = (field) => {
      const wrong = isWrong(field);
      const [low, high] = limits(field);
      const text = range.replace("%(value)s", field.value).replace("%(low)s", low ?? "").replace("%(high)s", high ?? "");
      say(field, wrong ? text : "");
      return !wrong;
    };

    const send = async (field) => {
      const value = field.value.trim();
      if (!address || saved.get(field.name) === value) return;
      const answers = [{ item: field.name.slice("answer-".length), value, age: 0, seconds: (Date.now() - shownAt) / 1000 }];
      shownAt = Date.now();
      const channel = form.querySelector("[name=channel]:checked")?.value ?? "";
      try {
        const response = await fetch(address, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
          body: JSON.stringify({ channel, answers }),
          redirect: "manual",
        });
        if (!response.ok) {
          status.textContent = ended;
          return;
        }
        const answer = await response.json();
        const problem = Object.values(answer.problems ?? {})[0];
        if (problem) say(field, problem);
        else {
          saved.set(field.name, value);
          status.textContent = kept;
        }
      } catch {
        status.textContent = waiting;
      }
    };
    const keep = (field) => {
      if (check(field)) sending = sending.then(() => send(field));
    };
    const go = (field, step) => {
      const next = fields[fields.indexOf(field) + step];
      if (!next) return;
      next.focus();
      next.select();
    };

    form.addEventListener("input", (event) => {
      const field = event.target;
      if (!fields.includes(field) || field.matches("textarea")) return;
      if (isWrong(field) && !/^\d*[.,]?\d*$|^n$/.test(field.value)) check(field);
      else if (isWhole(field)) {
        if (check(field)) go(field, 1);
      } else say(field, "");
    });
    // What is still on its way arrives before the whole form does.
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await sending;
      form.submit();
    });
    form.addEventListener("change", (event) => { if (fields.includes(event.target)) keep(event.target); });
    form.addEventListener("keydown", (event) => {
      const field = event.target;
      if (!fields.includes(field) || field.matches("textarea")) return;
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      go(field, step);
    });
  };

  document.addEventListener("DOMContentLoaded", start);
})();
