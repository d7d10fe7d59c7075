"""What axe has to say against a page: every rule, or those that look at colours.

To find whether a text stands out from what is behind it is most of axe's work, and a page has
thousands of small texts: the signs of its formulas, the words of its code. Of those that look
alike, one is measured: the same colour, size and weight, before the same backgrounds.
"""

from axe_playwright_python.sync_playwright import Axe

CONTRAST, LINKS = "color-contrast", "link-in-text-block"

# In the page: mark the first of the texts that look alike. Axe passes over what is out of sight,
# a single character, and what has no letter, so these are kept apart; what is placed over others
# is alike only within its box.
MARK = """mark => {
  const known = new Map([[null, ""]]);
  const behind = (node) => {
    if (!known.has(node)) {
      const style = getComputedStyle(node);
      const box = ["static", "relative"].includes(style.position) ? "" : known.size;
      const paint = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, box]
        .join();
      const clear = paint === "rgba(0, 0, 0, 0),none,1,none,";
      known.set(node, behind(node.parentElement) + (clear ? "" : `${paint};`));
    }
    return known.get(node);
  };
  const inSight = (node) => {
    const scrolling = node.closest(".formula, .table-wrapper, pre") ?? document.body;
    const [here, box] = [node, scrolling].map((x) => x.getBoundingClientRect());
    return node.checkVisibility() && here.left >= box.left && here.right <= box.right
      && here.top >= box.top && here.bottom <= box.bottom;
  };
  const own = (node) => [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE)
    .map((child) => child.data.trim()).join("");
  const seen = new Set();
  for (const node of document.querySelectorAll("body *")) {
    node.removeAttribute(mark);
    const text = own(node);
    if (!text || node.disabled) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(node);
    const look = JSON.stringify([color, fontSize, fontWeight, textShadow, behind(node),
      inSight(node), text.length > 1, /[\\p{L}\\p{N}]/u.test(text)]);
    node.toggleAttribute(mark, !seen.has(look));
    seen.add(look);
  }
}"""


def complaints(page, colours_only=False):
    """What axe finds, one line for each node: of every rule, or of those that look at colours."""
    mark = "data-looks-new"
    page.evaluate(MARK, mark)
    rest = {"rules": {CONTRAST: {"enabled": False}}}
    return [
        *_violations(page, None, {"runOnly": [LINKS]} if colours_only else rest),
        *_violations(page, {"include": [f"[{mark}]"]}, {"runOnly": [CONTRAST]}),
    ]


def _violations(page, context, options):
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{Axe().axe_script}; null")
    run = "([context, options]) => axe.run(context ?? document, options)"
    found = page.evaluate(run, [context, options | {"resultTypes": ["violations"]}])
    return [
        f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
