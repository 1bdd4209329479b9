// What a page does that HTML alone cannot: draw charts, open dialogs as modals, close menus.
(() => {
  "use strict";

  const script = document.currentScript;
  // d3's number format for Dutch; English is Vega's own.
  const FORMATS = { nl: { decimal: ",", thousands: ".", grouping: [3], currency: ["€\u00a0", ""] } };

  let vega = null;
  const loadVega = () => {
    vega ??= new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.type = "module";
      element.src = script.dataset.vega;
      element.onload = () => resolve(window.vegaEmbed);
      element.onerror = reject;
      document.head.append(element);
    });
    return vega;
  };

  // Interpreted expressions and no style elements: both keep to the content security policy.
  const options = () => ({
    actions: false,
    ast: true,
    renderer: "svg",
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
    formatLocale: FORMATS[document.documentElement.lang],
  });

  const draw = async (element) => {
    const source = document.getElementById(element.dataset.chart);
    if (!source || element.dataset.drawn) return;
    element.dataset.drawn = "drawing";
    const embed = await loadVega();
    await embed(element, JSON.parse(source.textContent), options());
    element.dataset.drawn = "drawn";
  };

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "400px" });

  const start = (root) => {
    root.querySelectorAll("[data-chart]").forEach((element) => seen.observe(element));
    root.querySelectorAll("[data-open-all]").forEach((button) => { button.hidden = false; });
    reopen(root);
    root.querySelector("[data-focus]")?.focus();
  };

  // What is to be corrected in a dialog is corrected there: links to fields of a closed one lead nowhere.
  const reopen = (root) => {
    const dialog = root.querySelector("dialog:not([open]) :is([aria-invalid=true], .error-summary)")?.closest("dialog");
    if (!dialog) return;
    const summary = root.querySelector(".error-summary");
    if (summary) dialog.querySelector(".dialog-body").prepend(summary);
    dialog.showModal();
  };

  // A link into a folded part opens it.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    let closed = false;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      closed ||= !fold.open;
      fold.open = true;
    }
    if (closed) target.scrollIntoView();
  };

  const openAll = (button) => {
    const folds = [...document.querySelectorAll("main .panel > details.behind:not(:has(form))")];
    const opened = folds.some((fold) => !fold.open);
    folds.forEach((fold) => { fold.open = opened; });
    [button.textContent, button.dataset.openAll] = [button.dataset.openAll, button.textContent];
  };

  // Paper has no folds: opened for printing, closed again after it.
  let printed = [];
  const unfold = () => {
    printed = [...document.querySelectorAll("main details.behind:not([open], :has(form))")];
    printed.forEach((fold) => { fold.open = true; });
  };
  const refold = () => printed.forEach((fold) => { fold.open = false; });

  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);

  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-open-all]");
    if (all) openAll(all);
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialog).showModal();
      return;
    }
    const closer = event.target.closest("[data-close]");
    const dialog = (closer ?? event.target).closest("dialog");
    if (dialog?.open && (closer || event.target === dialog)) {
      event.preventDefault();
      dialog.close();
    }
    document.querySelectorAll("[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.("a[role=button]");
    if (button && event.key === " ") {
      event.preventDefault();
      button.click();
    }
    if (event.key !== "Escape") return;
    document.querySelectorAll("[data-menu][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  window.addEventListener("beforeprint", () => { unfold(); drawAll(); });
  window.addEventListener("afterprint", refold);
  window.addEventListener("hashchange", reveal);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => { start(document); reveal(); });
})();
