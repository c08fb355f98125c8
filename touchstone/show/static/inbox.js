// Working through the inbox: keys, choosing all, drafts that keep themselves, and news as it comes.
// Everything here also works as plain links and forms.
"use strict";
(() => {
  const lines = () => [...document.querySelectorAll(".worklist li")];
  const all = () => document.querySelector("[data-all]");
  const boxes = () => [...document.querySelectorAll(".worklist li input[type=checkbox]")];
  const unhide = () => all()?.parentElement.removeAttribute("hidden");
  unhide();

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-all]")) boxes().forEach((box) => { box.checked = target.checked; });
  });

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    const rows = lines(), here = document.activeElement.closest?.(".worklist li"), at = rows.indexOf(here);
    if (event.key === "j" || event.key === "k") {
      const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
      next?.focus();
      if (next) event.preventDefault();
    } else if (here && event.key === "x") {
      const box = here.querySelector("input[type=checkbox]");
      if (box) box.checked = !box.checked;
      event.preventDefault();
    } else if (here && event.key === "Enter" && event.target === here) {
      here.querySelector("a")?.click();
    }
  });

  // A deed without a choice is meant for the line that has the focus.
  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.(".deeds button") || boxes().some((box) => box.checked)) return;
    const box = (document.activeElement.closest?.(".worklist li") || last)?.querySelector("input[type=checkbox]");
    if (box) box.checked = true;
  }, true);
  let last = null;
  document.addEventListener("focusin", ({ target }) => { last = target.closest?.(".worklist li") || last; });

  // What is written is kept a moment after the last key.
  let keeping;
  document.addEventListener("input", ({ target }) => {
    const saves = target.dataset?.saves, form = target.form;
    if (!saves) return;
    clearTimeout(keeping);
    keeping = setTimeout(() => {
      const body = JSON.stringify({ conversation: form.elements.conversation.value, text: target.value });
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf.value };
      fetch(saves, { method: "POST", headers, body }).catch(() => { /* the next key tries again */ });
    }, 800);
  });

  // What has news is asked for again; choices and the place of the focus stay.
  const refresh = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const chosen = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
    const focused = document.activeElement.closest?.(".worklist li")?.querySelector("input")?.value;
    document.querySelectorAll("[data-live]").forEach((old, place) => {
      const made = fresh.querySelectorAll("[data-live]")[place];
      if (made && made.className === old.className) old.replaceWith(made);
    });
    boxes().forEach((box) => { box.checked = chosen.has(box.value); });
    if (focused) boxes().find((box) => box.value === focused)?.closest("li").focus({ preventScroll: true });
    unhide();
  };
  const address = document.querySelector("[data-topic]")?.dataset.topic;
  if (!address || !window.EventSource) return;
  const source = new EventSource(address);
  let known = null;
  source.addEventListener("news", ({ data }) => {
    if (known !== null && known !== data) refresh();
    known = data;
  });
  addEventListener("pagehide", () => source.close());
})();
