"""What axe has to say against a page: every rule, or those that look at colours.

To find whether each text stands out from what is behind it is most of axe's work, and a page has
thousands of small texts: the signs of its formulas, the words of its code. Of those that look
alike, one is measured: the same colour, size and weight, before the same backgrounds. The others
are hidden for that moment.
"""

from axe_playwright_python.sync_playwright import Axe

COLOURS = ["color-contrast", "link-in-text-block"]

# In the page: which small texts look like one before them. Axe passes over what is out of sight,
# a single character, and what has no letter, so these are kept apart.
HIDE_TWINS = """() => {
  const seen = new Set();
  const paint = ({ backgroundColor, backgroundImage, opacity, filter }) =>
    [backgroundColor, backgroundImage, opacity, filter].join();
  const known = new Map([[null, ""]]);
  const behind = (node) => {
    const here = known.get(node) ?? behind(node.parentElement) + paint(getComputedStyle(node));
    known.set(node, here);
    return here;
  };
  const inSight = (node) => {
    const scrolling = node.closest(".formula, .table-wrapper, pre") ?? document.body;
    const [here, box] = [node, scrolling].map((x) => x.getBoundingClientRect());
    return node.checkVisibility() && here.left >= box.left && here.right <= box.right
      && here.top >= box.top && here.bottom <= box.bottom;
  };
  const looks = (node) => {
    const text = node.textContent.trim();
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(node);
    return JSON.stringify([color, fontSize, fontWeight, textShadow, behind(node), inSight(node),
      text.length > 1, /[\\p{L}\\p{N}]/u.test(text)]);
  };
  const texts = [...document.querySelectorAll("article *:not(:has(*), a, button)")];
  const twins = texts.filter((node) => {
    const look = looks(node);
    return seen.size === seen.add(look).size;
  });
  for (const node of twins) node.style.visibility = "hidden";
  window.twins = twins;
}"""
SHOW_TWINS = "() => { for (const node of window.twins) node.style.visibility = ''; }"


def complaints(page, colours_only=False):
    """What axe finds, one line for each node: of every rule, or of those that look at colours."""
    rest = {"rules": {name: {"enabled": False} for name in COLOURS}}
    found = [] if colours_only else _violations(page, rest)
    page.evaluate(HIDE_TWINS)
    found += _violations(page, {"runOnly": COLOURS})
    page.evaluate(SHOW_TWINS)
    return found


def _violations(page, options):
    result = Axe().run(page, options=options | {"resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for violation in result.response["violations"]
        for node in violation["nodes"]
    ]
