// What a page does beyond being read. Everything works without it, only less comfortably.
(() => {
  const all = (selector, root = document) => root.querySelectorAll(selector);
  const tex = (math) => {
    const source = math.querySelector("annotation").textContent;
    return math.getAttribute("display") === "block" ? `$$${source}$$` : `$${source}$`;
  };

  // A box that scrolls sideways can be reached by keyboard, and only then.
  const kinds = { FORMULA: "Formula", PRE: "Code", TABLE: "Table" };
  const settle = (box) => {
    if (box.scrollWidth > box.clientWidth + 1) {
      const kind = box.tagName === "PRE" ? "PRE" : box.matches(".formula") ? "FORMULA" : "TABLE";
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", `${kinds[kind]}, scrolls sideways`);
    } else {
      ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
    }
  };

  const addCopyButton = (box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(box.querySelector("pre").textContent.trimEnd());
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    box.append(button);
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

  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let box = target; box; box = box.parentElement) if (box.matches("details")) box.open = true;
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
    const watch = new ResizeObserver((entries) => entries.forEach((entry) => settle(entry.target)));
    all(".formula, pre, .table-wrapper").forEach((box) => watch.observe(box));
    if (navigator.clipboard) all(".cell_input .highlight").forEach(addCopyButton);
    openTarget();
  });
  document.addEventListener("copy", copyTex);
  document.addEventListener("keydown", onKey);
  addEventListener("hashchange", openTarget);
})();
