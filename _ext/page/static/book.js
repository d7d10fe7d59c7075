// What a page does beyond being read. Everything works without it, only less comfortably.
(() => {
  const all = (selector, root = document) => root.querySelectorAll(selector);
  const tex = (math) => {
    const source = math.querySelector("annotation").textContent;
    return math.getAttribute("display") === "block" ? `$$${source}$$` : `$${source}$`;
  };

  // A box that scrolls can be reached by keyboard, and only then.
  // All sizes are read before anything is written, so that the page is laid out once.
  const kind = (box) => (box.matches("pre") ? "Code" : box.matches(".formula") ? "Formula" : "Table");
  const settle = (boxes) => {
    const seen = boxes.map((box) => [box, box.scrollWidth > box.clientWidth
      || (box.matches("pre") && box.scrollHeight > box.clientHeight + 1)]);
    for (const [box, scrolls] of seen) {
      if (scrolls === box.hasAttribute("tabindex")) continue;
      if (scrolls) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", `${kind(box)}, scrolls`);
      } else {
        ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
      }
    }
  };

  const makeButton = (textContent, press) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent });
    button.addEventListener("click", press);
    return button;
  };

  const addCopyButton = (box) => {
    const button = makeButton("Copy", async () => {
      await navigator.clipboard.writeText(box.querySelector("pre").textContent.trimEnd());
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    button.className = "copy";
    // Under a finger it would hide the end of the first line.
    const bar = matchMedia("(pointer: coarse)").matches && box.closest(".cell")?.querySelector(".live-bar");
    (bar || box).append(button);
  };

  // A formula that is selected and copied arrives as its TeX.
  const copyTex = (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || !event.clipboardData) return;
    const fragment = selection.getRangeAt(0).cloneContents();
    const formulas = [...all("math", fragment)].filter((math) => math.querySelector("annotation"));
    if (!formulas.length) return;
    formulas.forEach((math) => math.replaceWith(tex(math)));
    event.clipboardData.setData("text/plain", fragment.textContent);
    event.preventDefault();
  };

  // Light, dark, or what the system says: each press goes one on.
  const switchTheme = () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const order = dark ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    const next = order[(order.indexOf(document.body.dataset.theme) + 1) % 3];
    document.body.dataset.theme = next;
    localStorage.setItem("theme", next);
  };

  // The list of the page's sections shows where the reader is.
  const followReader = () => {
    const links = new Map();
    for (const link of all(".toc-tree a[href^='#']")) {
      const target = link.hash && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (target) links.set(target, link);
    }
    const seen = new Set();
    const spy = new IntersectionObserver((entries) => {
      entries.forEach((entry) => seen[entry.isIntersecting ? "add" : "delete"](entry.target));
      const current = [...links.keys()].filter((target) => seen.has(target)).pop();
      for (const [target, link] of links) {
        link.parentElement.classList.toggle("scroll-current", target === current);
      }
    }, { rootMargin: "0px 0px -70% 0px" });
    links.forEach((link, target) => spy.observe(target));
  };

  // Sections out of sight are laid out one by one, so that no single task is long.
  const layOut = async () => {
    for (const section of all("article > section > section")) {
      await new Promise(requestAnimationFrame);
      section.style.contentVisibility = "visible";
    }
    document.documentElement.classList.add("whole");
  };

  // What runs cells is fetched when a reader first asks for it, or has left an edit on this page.
  const { live } = document.currentScript.dataset;
  let player = null;
  const fetchPlayer = async () => {
    await Promise.race([offline(), new Promise((end) => setTimeout(end, 2000))]);
    return import(new URL(`${live}#${Date.now()}`, document.baseURI)); // a failure sticks to its name
  };
  const play = async (act, asked) => {
    const status = asked?.closest(".cell, .ask, .page-tools").querySelector("[role=status]");
    const say = (words) => status && (status.textContent = words);
    if (location.protocol === "file:") {
      return say("A page opened as a file cannot run Python. Serve the folder of the book, with python3 -m http.server in it, or take the notebook.");
    }
    if (!player) say(asked?.dataset.live === "edit" ? "Fetching the editor" : "Fetching Python");
    let here;
    try {
      here = await (player ??= fetchPlayer());
    } catch {
      player = null;
      return say("What runs the cells could not be fetched. Is there a connection? Press again to try again.");
    }
    act?.(here);
  };
  const onPress = (event) => {
    const button = event.target.closest("[data-live]:not([type=submit])");
    if (button) play(({ press }) => press(button), button);
  };

  // What is sure to be asked was judged when the page was built: no Python is needed for it.
  const plain = (text) => text.replaceAll("−", "-").replaceAll("ᵀ", "^T")
    .replace(/\^\s*(\{\s*(\\mathsf|\\mathrm)?\s*\{?\s*T\s*\}?\s*\}|\\top|\\mathsf\s*\{?T\}?)/g, "^T")
    .replace(/\s/g, "");
  const known = (form) => {
    const { wrt, answer, loss } = form.elements;
    if (loss.value.trim()) return null;
    const place = [...all("[data-answer]", form)].findIndex(({ dataset }) =>
      dataset.wrt === wrt.value.trim() && plain(dataset.answer) === plain(answer.value));
    return all("template", form)[place];
  };
  const inquire = (form) => {
    const reply = known(form);
    if (!reply) return play(({ ask }) => ask(form), form);
    const { wrt, answer } = form.elements;
    const query = new URLSearchParams({ wrt: wrt.value.trim(), answer: answer.value.trim() });
    history.replaceState(history.state, "", `?${query}${location.hash}`);
    form.querySelector("[role=status]").textContent = "Judged when this page was made.";
    form.dataset.liveState = "done";
    const output = form.querySelector(".cell_output");
    output.replaceChildren(reply.content.cloneNode(true));
    output.dispatchEvent(new Event("shown", { bubbles: true }));
  };
  const onAsk = (event) => {
    if (!event.target.matches(".ask")) return;
    event.preventDefault();
    inquire(event.target);
  };
  const onKnown = (event) => {
    const button = event.target.closest(".ask [data-answer]");
    if (!button) return;
    const { wrt, answer, loss } = button.form.elements;
    [wrt.value, answer.value, loss.value] = [button.dataset.wrt, button.dataset.answer, ""];
    inquire(button.form);
  };
  const askedByLink = () => {
    const form = document.querySelector(".ask");
    const query = new URLSearchParams(location.search);
    if (!form || !query.get("answer")) return;
    form.scrollIntoView();
    for (const [name, value] of query) if (form.elements[name]) form.elements[name].value = value;
    inquire(form);
  };
  const leftAnEdit = () => sessionStorage[`edits ${location.pathname}`] && play();

  // Once visited, the book works without a network: `sw.js` keeps its files. What runs cells waits
  // for it (a moment, and once), so that what it fetches is kept too.
  const keeper = location.protocol.startsWith("http") && navigator.serviceWorker;
  const keeperFile = new URL("../sw.js", document.currentScript.src);
  const servedByKeeper = Boolean(keeper?.controller);
  let watched = null;
  const offline = () => (watched ??= watch().catch(() => {})); // where it may not be: as before
  const watch = async () => {
    if (!keeper) return;
    const controlled = new Promise((end) => keeper.addEventListener("controllerchange", () => {
      keeper.controller?.postMessage("keep");
      end();
    }));
    const { active } = await keeper.register(keeperFile);
    active?.postMessage("keep");
    if (!keeper.controller) await controlled;
  };

  // A new build has taken over, and this page is of the old one: whoever reads decides when to go on.
  const offerReload = ({ data }) => {
    if (data !== "renewed" || !servedByKeeper || document.querySelector(".renewed")) return;
    const notice = Object.assign(document.createElement("p"), { className: "renewed" });
    notice.setAttribute("role", "status");
    document.body.append(notice);
    notice.append(
      "There is a newer version. ",
      makeButton("Reload", () => location.reload()),
      makeButton("Later", () => notice.remove()),
    );
  };

  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let box = target; box; box = box.parentElement) if (box.matches("details")) box.open = true;
  };

  // What was predicted is judged, and the answer opens.
  const onChoice = (event) => {
    const button = event.target.closest(".choices button");
    if (!button) return;
    const box = button.closest(".predict");
    all(".choices button", box).forEach((one) => one.setAttribute("aria-pressed", one === button));
    box.querySelector(".verdict").textContent = button.dataset.right === "true"
      ? "Yes. Here is why." : "Not this one. Here is why.";
    box.querySelector(".predict-answer").open = true;
  };

  // Folded solutions and answers stay out of a printed page, unless they are asked for.
  const printWithSolutions = () => {
    const folded = [...all("details:is(.solution, .predict-answer):not([open])")];
    folded.forEach((box) => (box.open = true));
    addEventListener("afterprint", () => folded.forEach((box) => (box.open = false)), { once: true });
    print();
  };

  const onKey = (event) => {
    if (event.key === "Escape") {
      for (const toggle of all(".sidebar-toggle:checked")) {
        toggle.checked = false;
        toggle.focus();
      }
    }
    const typing = event.target.closest?.("input:not(.sidebar-toggle), textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("main .sidebar-search, .sidebar-search");
      if (search?.checkVisibility()) {
        search.focus();
        event.preventDefault();
      }
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const watch = new ResizeObserver((entries) => settle(entries.map((entry) => entry.target)));
    const look = (root) => all(".formula, pre, .table-wrapper", root).forEach((box) => watch.observe(box));
    look(document);
    document.addEventListener("shown", (event) => look(event.target)); // what a cell has shown
    if (navigator.clipboard) all(".cell_input .highlight").forEach(addCopyButton);
    all(".theme-toggle").forEach((button) => button.addEventListener("click", switchTheme));
    all("[data-print]").forEach((button) => button.addEventListener("click", printWithSolutions));
    followReader();
    openTarget();
    layOut();
  });
  document.addEventListener("copy", copyTex);
  document.addEventListener("click", onChoice);
  if (live) {
    document.addEventListener("click", onPress);
    document.addEventListener("submit", onAsk);
    document.addEventListener("click", onKnown);
    document.addEventListener("DOMContentLoaded", askedByLink);
    document.addEventListener("DOMContentLoaded", leftAnEdit);
  }
  document.addEventListener("keydown", onKey);
  addEventListener("hashchange", openTarget);
  addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(offline));
  if (keeper) keeper.addEventListener("message", offerReload);
})();
