"""Elements of XML, written as they are nested.

>>> new = elements()
>>> ET.tostring(new("p", "one ", new("b", "two"), " three", k=1)).decode()
'<p k="1">one <b>two</b> three</p>'
"""

from xml.etree import ElementTree as ET


def elements(namespace=""):
    """Return a function that makes elements of a namespace, ``new(tag, *inside, **attributes)``;
    inside are texts, elements, and lists of these."""
    prefix = f"{{{namespace}}}" if namespace else ""

    def new(tag, *inside, **attributes):
        node = ET.Element(prefix + tag, {name: str(x) for name, x in attributes.items()})
        for part in inside:
            for x in part if isinstance(part, list) else [part]:
                if not isinstance(x, str):
                    node.append(x)
                elif len(node):
                    node[-1].tail = x
                else:
                    node.text = (node.text or "") + x
        return node

    return new
