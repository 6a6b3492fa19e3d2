"""Sub-processes moved into processes of their own: the same drawing, with call activities."""

from __future__ import annotations

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
MARK = "_called"
KEPT = (
    "incoming",
    "outgoing",
    "extensionElements",
    "standardLoopCharacteristics",
    "multiInstanceLoopCharacteristics",
)


def moved(xml: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The document with a call activity for each sub-process, and the processes they call by definition id."""
    root = etree.fromstring(xml)
    called: dict[str, bytes] = {}
    for node in reversed([one for one in root.iter(f"{BPMN}subProcess") if not one.get("triggeredByEvent")]):
        id = node.get("id")
        document = etree.Element(root.tag, dict(root.attrib), nsmap=root.nsmap)
        document[:] = [etree.fromstring(etree.tostring(one)) for one in root if one.tag != f"{BPMN}process"]
        process = etree.SubElement(document, f"{BPMN}process", {"id": id + MARK, "isExecutable": "true"})
        process[:] = [one for one in node if etree.QName(one).localname not in KEPT]
        for extensions in node.findall(f"{BPMN}extensionElements"):
            node.remove(extensions)
        node.tag = f"{BPMN}callActivity"
        node.set("calledElement", id + MARK)
        called[f"{id}{MARK}:1"] = etree.tostring(document)
    return etree.tostring(root), called
