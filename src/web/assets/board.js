// The board's script. Every page works without it; it adds keys, lists that stay true, drafts that are kept, and Record over
// the page that one is on. It loads nothing from elsewhere and keeps nothing beyond the browser's session.
"use strict";

(() => {
  const me = document.body.dataset.me;
  if (!me) return;
  const isTyping = (at) => at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));
  const stored = (kind, name, value) => {
    // Storage may be forbidden: then drafts are not kept, and nothing else changes.
    try {
      if (value === undefined) return kind.getItem(name);
      if (value === null) kind.removeItem(name);
      else kind.setItem(name, value);
    } catch { /* forbidden */ }
    return null;
  };

  // --- Drafts: what was typed into a form is there again after a detour, until it is sent.

  const draftOf = (action, id) => `usher:${me}:${action}:${id}`;
  const draftName = (form) => draftOf(form.getAttribute("action"), form.id);
  const keeps = (form) => form.method === "post" && form.dataset.keep !== "no" && !form.closest("[data-tasklist]");
  // What a person typed or chose: never a button, whose value says what it does.
  const UNWORTHY = ["hidden", "password", "file", "submit", "button", "reset", "image"];
  const worth = (field) => field.name && field.dataset.keep !== "no" && !UNWORTHY.includes(field.type) && field.tagName !== "BUTTON" && field.tagName !== "FIELDSET";

  const keepDraft = (form) => {
    const fields = [...form.elements].filter(worth);
    const values = fields.map((field) => [field.name, field.type === "checkbox" || field.type === "radio" ? [field.value, field.checked] : field.value]);
    stored(sessionStorage, draftName(form), JSON.stringify(values));
  };

  // Whether the page says what is wrong with this form: its summary leads to fields of it, or it is what was sent here.
  const wasRefused = (form) => {
    const over = form.closest("#over");
    const summary = over ? over.querySelector("[data-summary]") : document.querySelector("main [data-summary]");
    if (!summary) return false;
    const fields = [...summary.querySelectorAll('a[href^="#"]')].map((link) => document.getElementById(link.getAttribute("href").slice(1)));
    if (fields.length) return fields.some((field) => form.contains(field) || (field && field.form === form));
    return new URL(form.action, location.href).pathname === new URL(over ? over.dataset.at : location.href, location.href).pathname;
  };

  const bringDraft = (form) => {
    const draft = stored(sessionStorage, draftName(form));
    // A form that was refused shows what was sent; that is newer.
    if (!draft || wasRefused(form)) return;
    let values;
    try { values = JSON.parse(draft); } catch { return; }
    for (const [name, value] of values) {
      for (const field of form.elements) {
        if (field.name !== name || !worth(field)) continue;
        if (Array.isArray(value)) { if (field.value === value[0]) field.checked = value[1]; }
        else if (field.type !== "checkbox" && field.type !== "radio") field.value = value;
      }
    }
    form.dataset.dirty = "yes";
  };

  // --- Questions that are asked only after another answer.

  const askWhere = (root) => {
    for (const question of root.querySelectorAll("[data-asked-if]")) {
      const form = question.closest("form");
      const data = new FormData(form);
      const asked = question.dataset.askedIf.split(" ").some((given) => {
        const at = given.lastIndexOf("/");
        return data.getAll(given.slice(0, at)).includes(given.slice(at + 1));
      });
      question.hidden = !asked && !question.querySelector("[aria-invalid]");
    }
  };

  const prepare = (root) => {
    for (const form of root.querySelectorAll("form")) {
      if (!keeps(form)) continue;
      // What the server could not keep is kept here.
      if (form.hasAttribute("data-unsaved")) { keepDraft(form); form.dataset.dirty = "yes"; }
      else bringDraft(form);
    }
    askWhere(root);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form) return;
    form.dataset.dirty = "yes";
    if (keeps(form)) keepDraft(form);
    askWhere(form);
  });
  document.addEventListener("change", (event) => event.target.form && askWhere(event.target.form));
  // "All of this" ticks each, and is no longer true once one is unticked.
  document.addEventListener("change", ({ target }) => {
    const owed = target.closest(".owed");
    if (!owed || !["all", "met"].includes(target.name)) return;
    if (target.name === "all") for (const one of owed.querySelectorAll("[name=met]")) one.checked = target.checked;
    else if (!target.checked) owed.querySelector("[name=all]").checked = false;
    if (keeps(target.form)) keepDraft(target.form);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") {
      // A second press while the first is under way would be refused as a repeat; the server knows it anyway.
      form.dataset.sent = "yes";
      setTimeout(() => delete form.dataset.sent, 4000);
      stored(sessionStorage, draftName(form), null);
      const here = document.activeElement && document.activeElement.closest("[data-task]");
      if (here) noteFocus(here);
    }
  });

  // --- Lists that stay true while the page is open.

  const isBusy = (node) => node.contains(document.activeElement) && document.activeElement !== document.body;
  const isDirty = (node) => node.matches("[data-dirty]") || node.querySelector("[data-dirty], details[open]");

  const bring = async (node) => {
    const answer = await fetch(location.href, { headers: { "x-usher-part": node.id } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(node.id);
    if (!fresh || isDirty(node)) return;
    const at = isBusy(node) ? document.activeElement : null;
    const row = at && at.closest("[id]");
    const key = at && (at.dataset.key || at.className);
    node.replaceChildren(...fresh.childNodes);
    prepare(node);
    if (row) {
      const again = document.getElementById(row.id);
      const inside = again && key && [...again.querySelectorAll("button, a")].find((one) => (one.dataset.key || one.className) === key);
      if (again) (inside || again).focus({ preventScroll: true });
    }
  };

  for (const node of document.querySelectorAll("[data-live]")) {
    if (!window.EventSource) break;
    const source = new EventSource(node.dataset.live);
    source.addEventListener("changed", () => bring(node).catch(() => {}));
    addEventListener("pagehide", () => source.close());
  }

  // --- Record, over the page.

  // The page beneath may have the same ids: a label of what stands over it must not lead to what stands beneath. Forms keep
  // theirs, by which what was typed is kept.
  const REFERS = ["for", "list", "aria-describedby", "aria-labelledby", "aria-controls"];
  const scope = (part) => {
    const own = new Map();
    for (const node of part.querySelectorAll("[id]:not(form)")) { own.set(node.id, `over-${node.id}`); node.id = own.get(node.id); }
    const moved = (id) => own.get(id) ?? id;
    for (const name of REFERS) {
      for (const node of part.querySelectorAll(`[${name}]`)) node.setAttribute(name, node.getAttribute(name).split(" ").map(moved).join(" "));
    }
    for (const link of part.querySelectorAll('a[href^="#"]')) link.setAttribute("href", `#${moved(link.getAttribute("href").slice(1))}`);
  };

  let asked = 0;
  // It stands for a place of its own in the history: Back closes it, and leaves the page beneath where it is.
  let placed = false;
  // Lists that follow by themselves need no help; any other page is brought anew, with what was typed into it.
  const after = (dialog) => { if (dialog.dataset.done && !document.querySelector("[data-live]")) location.reload(); };
  addEventListener("popstate", () => {
    if (!placed) return;
    placed = false;
    const dialog = document.getElementById("over");
    if (dialog.open) dialog.close();
    else after(dialog);
  });

  const open = async (address, init) => {
    const nth = ++asked;
    let dialog = document.getElementById("over");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "over";
      dialog.setAttribute("aria-label", "Record");
      document.body.append(dialog);
    }
    const answer = await fetch(address, init);
    // Somebody closed it, or asked for something else meanwhile.
    if (nth !== asked) return true;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    if (!main) { location.assign(address); return false; }
    // Somebody else has signed in: nothing of theirs is shown over the page of whoever was here before.
    if (page.body.dataset.me && page.body.dataset.me !== me) { location.assign(answer.url); return false; }
    // The session has ended: the answer is the sign-in, which keeps what was sent. It stands here as any other page does.
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.onclose = () => { asked += 1; if (placed) history.back(); else after(dialog); };
    const said = page.querySelector(".said");
    // Only where something was recorded is it said so; that may have changed the page beneath.
    if (said) dialog.dataset.done = "yes";
    const part = document.createElement("div");
    part.className = "part";
    part.append(...(said ? [said] : []), ...main.childNodes);
    scope(part);
    dialog.replaceChildren(close, part);
    dialog.dataset.at = answer.url;
    if (!dialog.open) dialog.showModal();
    if (!placed) { placed = true; history.pushState({ over: true }, ""); }
    dialog.scrollTop = 0;
    prepare(dialog);
    const first = dialog.querySelector("[data-summary], [autofocus]") || dialog.querySelector("h1");
    if (first) { if (first.tagName === "H1") first.tabIndex = -1; first.focus(); }
    return Boolean(page.body.dataset.me);
  };

  const isRecord = (address) => { const to = new URL(address, location.href); return to.origin === location.origin && to.pathname.startsWith("/record"); };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link) return;
    if (link.getAttribute("href").startsWith("#")) {
      // Following it would be a step in the history, and a step in the history closes Record.
      const to = link.closest("#over") && document.getElementById(link.getAttribute("href").slice(1));
      if (to) { event.preventDefault(); to.scrollIntoView({ block: "center" }); to.focus({ preventScroll: true }); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const row = link.closest("[data-task]");
    if (row) noteFocus(row);
    const inside = link.closest("#over");
    // On a page of Record itself its links lead on, as everywhere else.
    const over = inside || (link.target !== "_blank" && !isRecord(location.href));
    if (link.hasAttribute("data-record") || (isRecord(link.href) && over)) {
      event.preventDefault();
      open(link.href).catch(() => location.assign(link.href));
    } else if (inside && placed && link.target !== "_blank") {
      // Its place in the history becomes that of the page which it leads to.
      event.preventDefault();
      placed = false;
      location.replace(link.href);
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest("#over") || event.defaultPrevented) return;
    const action = new URL(event.submitter && event.submitter.hasAttribute("formaction") ? event.submitter.formAction : form.action, location.href);
    const back = form.elements.namedItem("to");
    if (!isRecord(action.href) && !(back && back.value && isRecord(back.value))) return;
    event.preventDefault();
    const data = new URLSearchParams(new FormData(form, event.submitter));
    if (form.method === "get") { action.search = data.toString(); open(action.href).catch(() => location.assign(action.href)); }
    else {
      const lost = () => { delete form.dataset.sent; if (keeps(form)) keepDraft(form); };
      open(action.href, { method: "POST", body: data }).then((ours) => {
        if (!ours && keeps(form)) keepDraft(form);
        // A form that was refused is kept as it was sent.
        const refused = document.querySelector("#over [data-summary]");
        if (refused) for (const again of document.querySelectorAll("#over form")) { if (keeps(again)) keepDraft(again); }
      }).catch(lost);
    }
  });

  // --- Keys.

  const areOn = () => stored(localStorage, "usher:keys") !== "off";
  const toggle = document.querySelector("[data-keys-toggle]");
  if (toggle) {
    const show = () => { toggle.hidden = false; toggle.textContent = areOn() ? "Turn single keys off" : "Turn single keys on"; };
    toggle.addEventListener("click", () => { stored(localStorage, "usher:keys", areOn() ? "off" : null); show(); });
    show();
  }

  // Which row one was at, until that page is seen again.
  const noteFocus = (row) => stored(sessionStorage, `usher:${me}:focus`, JSON.stringify([location.pathname, row.id, places().indexOf(row)]));
  const places = () => [...document.querySelectorAll("main [data-task]")];
  const current = () => document.activeElement && document.activeElement.closest("[data-task]");
  const go = (by) => {
    const rows = places();
    if (!rows.length) return;
    const at = rows.indexOf(current());
    const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const PLACES = { d: "/", c: "/calendar", t: "/team", l: "/letters", k: "/desk", r: "/rules" };
  let going = false;

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form) {
      // What stands outside of its form has a button of its own.
      const own = event.target.form.contains(event.target) ? null : event.target.closest("section").querySelector("button[type=submit]");
      event.target.form.requestSubmit(own);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !areOn()) return;
    const inDialog = document.querySelector("dialog[open]");
    if (inDialog) return;
    if (going) {
      going = false;
      if (PLACES[event.key]) { event.preventDefault(); location.assign(PLACES[event.key]); }
      return;
    }
    const row = current();
    const press = (key) => { const one = row && row.querySelector(`[data-key="${key}"]`); if (one) { event.preventDefault(); one.click(); } };
    switch (event.key) {
      case "/": event.preventDefault(); document.getElementById("search").focus(); break;
      case "?": location.assign("/keys"); break;
      case "g": going = true; setTimeout(() => { going = false; }, 1500); break;
      case "r": event.preventDefault(); document.querySelector("[data-record]").click(); break;
      case "j": event.preventDefault(); go(1); break;
      case "k": event.preventDefault(); go(-1); break;
      case "ArrowDown": if (row) { event.preventDefault(); go(1); } break;
      case "ArrowUp": if (row) { event.preventDefault(); go(-1); } break;
      case "Enter": if (event.target !== row) break; // a button or link has its own
      // falls through
      case "o": if (row) { event.preventDefault(); row.querySelector(".title").click(); } break;
      case "a": case "s": case "n": case "c": case "d": case "p": press(event.key); break;
    }
  });

  // --- Where one was.

  prepare(document);
  // What was typed into the form of a task that somebody else has ended meanwhile.
  const ended = document.querySelector("[data-ended]");
  if (ended) {
    const name = draftOf(ended.dataset.ended, "");
    try {
      const values = JSON.parse(stored(sessionStorage, name) ?? "[]");
      const words = values.find(([field]) => field === "words");
      if (words && words[1].trim()) { ended.querySelector("blockquote").textContent = words[1]; ended.hidden = false; }
    } catch { /* an old draft */ }
    ended.querySelector("button").addEventListener("click", () => { stored(sessionStorage, name, null); ended.hidden = true; });
  }
  const summary = document.querySelector("[data-summary]");
  const focus = stored(sessionStorage, `usher:${me}:focus`);
  if (summary) summary.focus();
  else if (focus) {
    try {
      const [path, id, nth] = JSON.parse(focus);
      const rows = places();
      if (path === location.pathname) {
        stored(sessionStorage, `usher:${me}:focus`, null);
        const row = document.getElementById(id) || rows[Math.min(nth, rows.length - 1)];
        if (row) row.focus();
      }
    } catch { /* an old note */ }
  }
})();
