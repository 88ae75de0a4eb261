/* Shows what the billing desk has to say to a signed-in customer, on a page of your own app:

     <script src="https://billing.example.com/static/in_app/notices.js" data-token="…" defer></script>

   The token is made by your server (docs/in-app.md). Nothing is loaded from elsewhere, no cookie is read or set, and
   nothing of it mixes with your page: it is drawn in a shadow tree, and needs no inline script or style. */
(() => {
  "use strict";
  const script = document.currentScript;
  const desk = new URL(script.src).origin;
  const PUT_OFF = "billing-notice-put-off";
  const LOOKS = `
    :host { all: initial; }
    .notice { box-sizing: border-box; font: 16px/1.5 system-ui, sans-serif; color: #1e293b; background: #fff; }
    .banner { position: fixed; inset: auto 0 0 0; z-index: 2147483000; display: flex; flex-wrap: wrap; gap: 12px 24px;
      align-items: center; justify-content: center; padding: 16px 24px; border-top: 3px solid #2f686d;
      box-shadow: 0 -4px 24px rgb(15 23 42 / .18); }
    dialog { width: min(32rem, calc(100vw - 32px)); max-height: calc(100vh - 32px); padding: 28px; border: 0;
      border-radius: 12px; box-shadow: 0 12px 48px rgb(15 23 42 / .35); }
    dialog::backdrop { background: rgb(15 23 42 / .6); }
    dialog.wall::backdrop { background: rgb(15 23 42 / .92); }
    h2 { margin: 0 0 8px; font-size: 18px; line-height: 1.35; }
    p { margin: 0; overflow-wrap: anywhere; }
    .banner div:first-child { flex: 1 1 24rem; max-width: 46rem; }
    .banner h2 { margin: 0; font-size: 16px; }
    .buttons { display: flex; flex-wrap: wrap; gap: 12px; }
    dialog .buttons { margin-top: 20px; }
    a, button { box-sizing: border-box; min-height: 44px; padding: 9px 18px; border: 1px solid #2f686d; border-radius: 8px;
      font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
    a { color: #fff; background: #2f686d; }
    button { color: #2f686d; background: #fff; }
    :is(a, button):focus-visible { outline: 3px solid #f97316; outline-offset: 2px; }
  `;
  let drawn = null; // {id, mode, host, close}

  const call = (method, path) =>
    fetch(`${desk}/in-app/notices/${path}`, {
      method, mode: "cors", credentials: "omit", cache: "no-store",
      headers: { Authorization: `Bearer ${script.dataset.token}` },
    });
  const tell = (notice, what) => call("POST", `${encodeURIComponent(notice.id)}/${what}/`).catch(() => {});

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function remove() {
    if (!drawn) return;
    const { close, host } = drawn;
    drawn = null;
    close(); // told afterwards: a wall comes back only while it is on the page
    host.remove();
  }

  function tellPutAway(notice) {
    if (notice.dismissal === "for_good") tell(notice, "dismissed");
  }

  function dismiss(notice) {
    remove();
    tellPutAway(notice);
    sessionStorage.setItem(PUT_OFF, notice.id); // for good as well: the desk does not hear it once the token has ended
  }

  function buttons(notice) {
    const made = element("div", { className: "buttons" });
    if (notice.url) made.append(element("a", { href: notice.url, target: "_blank", rel: "noopener", textContent: notice.open }));
    if (notice.later) {
      const later = element("button", { type: "button", textContent: notice.later });
      later.addEventListener("click", () => dismiss(notice));
      made.append(later);
    }
    return made;
  }

  function banner(notice, words) {
    const box = element("section", { className: "notice banner" }, element("div", {}, ...words), buttons(notice));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") dismiss(notice);
    });
    return { box, open: () => {}, close: () => {} };
  }

  function dialog(notice, words) {
    const box = element("dialog", { className: `notice ${notice.mode}` }, ...words, buttons(notice));
    if (notice.mode === "wall") box.setAttribute("role", "alertdialog");
    box.tabIndex = -1;
    box.addEventListener("cancel", (event) => {
      event.preventDefault();
      if (notice.later) dismiss(notice);
    });
    // A browser may close a dialog that refuses twice: one that cannot be dismissed comes back.
    box.addEventListener("close", () => {
      if (box.isConnected) notice.later ? dismiss(notice) : box.showModal();
    });
    return { box, open: () => box.showModal(), close: () => box.close() };
  }

  function draw(notice) {
    const host = element("div", {});
    host.dataset.billingNotice = notice.mode;
    const root = host.attachShadow({ mode: "open" });
    const looks = new CSSStyleSheet();
    looks.replaceSync(LOOKS);
    root.adoptedStyleSheets = [looks];
    const words = [
      element("h2", { id: "title", textContent: notice.title, dir: "auto" }),
      element("p", { id: "text", textContent: notice.text, dir: "auto" }),
    ];
    const { box, open, close } = notice.mode === "banner" ? banner(notice, words) : dialog(notice, words);
    box.lang = notice.language;
    box.setAttribute("aria-labelledby", "title");
    box.setAttribute("aria-describedby", "text");
    root.append(box);
    document.body.append(host);
    drawn = { id: notice.id, mode: notice.mode, host, close };
    open();
  }

  function tellWhenSeen(notice) {
    const tellNow = () => {
      if (document.visibilityState !== "visible" || !drawn || drawn.id !== notice.id) return;
      document.removeEventListener("visibilitychange", tellNow);
      tell(notice, "shown");
    };
    document.addEventListener("visibilitychange", tellNow);
    requestAnimationFrame(tellNow);
  }

  async function look() {
    let told;
    try {
      const answer = await call("GET", "");
      if (answer.status === 401 || answer.status === 403) remove(); // nobody would tell us when it is over
      if (!answer.ok) return;
      told = await answer.json();
    } catch {
      return; // the app goes on without us
    }
    const [notice] = told.notices;
    if (drawn && (!notice || notice.id !== drawn.id || notice.mode !== drawn.mode)) remove();
    if (!notice || drawn) return;
    if (sessionStorage.getItem(PUT_OFF) === notice.id) {
      tellPutAway(notice); // it did not arrive
      return;
    }
    draw(notice);
    tellWhenSeen(notice);
  }

  // Whoever comes back from paying sees the notice go.
  window.addEventListener("focus", look);
  look();
})();
