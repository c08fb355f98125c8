// Charts become interactive when somebody turns to them, sliders say where they are; the page is whole without this file.
"use strict";
(() => {
  const here = document.currentScript.src.replace(/pages\.js.*$/, "");
  const parts = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "vega-interpreter.js"];
  let loading;
  const load = (name) => new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: here + name, async: false, onload: done, onerror: failed });
    document.head.append(script);
  });
  const ready = () => (loading ??= parts.reduce((before, name) => before.then(() => load(name)), Promise.resolve()));

  // A specification names the light colours of the tokens; here they become the ones in force.
  const light = JSON.parse(document.documentElement.dataset.tokens || "{}");
  const recoloured = (text) => {
    const style = getComputedStyle(document.documentElement);
    return Object.entries(light).reduce((made, [token, colour]) =>
      made.replaceAll(colour, style.getPropertyValue(`--${token}`).trim()), text);
  };

  async function enliven(chart) {
    const specification = chart.querySelector("script.specification");
    const drawing = [...chart.querySelectorAll(".drawing")].find((each) => each.offsetParent !== null);
    if (!specification || !drawing || chart.dataset.live) return;
    chart.dataset.live = "yes";
    await ready();
    const svg = drawing.querySelector("svg");
    const box = svg.viewBox.baseVal;
    const target = document.createElement("div");
    const { usermeta, ...made } = JSON.parse(recoloured(specification.textContent));
    Object.assign(made, usermeta?.[drawing.dataset.form], { width: Math.round(box.width), height: Math.round(box.height) });
    await vegaEmbed(target, made, {
      ast: true, expr: vegaInterpreter.expressionInterpreter, actions: false, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true },
    });
    const live = target.querySelector("svg");
    live.removeAttribute("style");
    for (const name of ["role", "aria-label"]) live.setAttribute(name, svg.getAttribute(name));
    drawing.replaceChildren(live);
    chart.dataset.live = "drawn";
  }
  const watch = (event) => {
    const chart = event.target instanceof Element && event.target.closest("section.chart");
    if (chart) enliven(chart).catch(() => { /* the drawn chart stays */ });
  };
  document.addEventListener("pointerover", watch, { passive: true });

  // What stands beside a slider follows it; the page itself is asked for by htmx, or by the button without scripts.
  document.addEventListener("input", ({ target }) => {
    const said = target.type === "range" && target.parentElement.querySelector("output");
    if (!said) return;
    const { told, last } = said.dataset;
    said.textContent = (target.value === target.max && last) || told.replace("#", Number(target.value).toLocaleString(document.documentElement.lang));
  });

  // What is told once is copied by a button; without scripts it is marked and copied by hand.
  for (const button of document.querySelectorAll("[data-copies]")) {
    const field = button.closest(".once").querySelector("input, textarea");
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      await navigator.clipboard?.writeText(field.value);
      button.textContent = button.dataset.copies;
    });
  }
})();
