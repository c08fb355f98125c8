// Correcting without leaving the page: forms answer in place, keys press buttons, selected words fill the quote.
// Everything here also works as plain links and forms.
"use strict";
(() => {
  const page = async (address, options) => {
    const answer = await fetch(address, options);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  const swap = (old, fresh) => {
    const focused = document.activeElement?.id;
    old.replaceWith(fresh);
    (document.getElementById(focused) || (fresh.matches("[tabindex]") && fresh))?.focus?.({ preventScroll: true });
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target, place = form.dataset.swap && form.closest(form.dataset.swap);
    if (!place || form.dataset.busy) return;
    event.preventDefault();
    form.dataset.busy = "yes";
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const found = await page(form.action, { method: "POST", body }).catch(() => null);
    delete form.dataset.busy;
    const fresh = found?.querySelector(form.dataset.swap);
    if (fresh) return swap(place, fresh);
    const wrong = found?.querySelector("label .error, .note p");
    const said = place.querySelector(".said");
    if (said) said.textContent = wrong ? wrong.textContent : place.dataset.failed;
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-open]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const fresh = (await page(link.href).catch(() => null))?.querySelector(link.dataset.open);
    if (!fresh) return location.assign(link.href);
    swap(link.closest("figure"), fresh);
    fresh.focus({ preventScroll: true });
  });

  // A key presses what bears it: within the line that has the focus, else within the first, else anywhere in view.
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    const key = CSS.escape(event.key), voice = document.activeElement.closest?.(".voice") || document.querySelector(".voice");
    const line = document.activeElement.closest?.(".lines > li") || voice?.querySelector(".lines > li");
    const found = [line, voice, document].map((each) => each?.querySelector(`[data-key="${key}"]`)).find(Boolean);
    if (!found) return;
    event.preventDefault();
    if (found.matches("li")) found.focus();
    else found.click();
  });

  // A file is read here, into the text beside it: nothing is sent before somebody has seen it.
  document.addEventListener("change", async (event) => {
    const text = event.target.dataset?.fills && event.target.form?.elements[event.target.dataset.fills];
    if (text && event.target.files[0]) text.value = await event.target.files[0].text();
  });

  const busy = document.querySelector("[data-again]");
  if (busy) setTimeout(() => location.reload(), busy.dataset.again * 1000);

  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection(), words = chosen.toString().trim();
    const at = chosen.anchorNode?.closest ? chosen.anchorNode : chosen.anchorNode?.parentElement;
    const voice = words && at?.closest(".whole-text")?.closest(".voice");
    if (!voice) return;
    const open = voice.querySelector("details[open] [name='change.words']") || voice.querySelector(".add [name='change.words']");
    if (open) open.value = words;
  });
})();
