"""How a file came about, in the words of each format: comments, XMP, headers, or a file beside it.

The IPTC's vocabulary tells what part a model had in a picture; programs and web sites that label
generated pictures read it from XMP.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path

from motionstudio.io.atomic import whole_file

_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
XMP_KEY = "XML:com.adobe.xmp"
"""Where PNG keeps XMP."""
_DESCRIP = 79


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a file says about itself.

    Attributes:
        software: program and version.
        model, model_hash: what made it.
        project_hash: names the content of the project that it came from, or empty.
        command: that makes it again, or empty.
        ai: whether it says that it is AI-generated.
        composite: whether real pictures are part of it, as where a photograph is made to move.
    """

    software: str
    model: str = ""
    model_hash: str = ""
    project_hash: str = ""
    command: str = ""
    ai: bool = True
    composite: bool = True

    @property
    def source_type(self) -> str:
        """The IPTC's DigitalSourceType as a URL; empty where nothing is to be said."""
        if not self.ai:
            return ""
        name = (
            "compositeWithTrainedAlgorithmicMedia"
            if self.composite
            else ("trainedAlgorithmicMedia")
        )
        return _VOCABULARY + name

    def entries(self) -> dict[str, str]:
        """Everything by name, empty entries left out."""
        found = {
            "software": self.software,
            "model": self.model,
            "model_hash": self.model_hash,
            "project_hash": self.project_hash,
            "command": self.command,
            "ai_generated": "true" if self.ai else "",
            "digital_source_type": self.source_type,
        }
        return {name: text for name, text in found.items() if text}

    def sentence(self) -> str:
        """One line for people: ``AI-generated with MotionStudio 0.1.0, model heart (3f2a)``."""
        start = "AI-generated with" if self.ai else "Made with"
        model = f", model {self.model} ({self.model_hash})" if self.model else ""
        return f"{start} {self.software}{model}"

    def comment(self) -> str:
        """The sentence and everything as JSON, for formats with one comment."""
        return f"{self.sentence()}\n{json.dumps(self.entries())}"

    def short(self) -> str:
        """What fits into the 79 bytes of a NIfTI header."""
        text = f"{'AI-generated; ' if self.ai else ''}{self.software}; {self.model}"
        return f"{text} {self.model_hash}".encode("ascii", "replace")[:_DESCRIP].decode("ascii")

    def xmp(self) -> str:
        """An XMP packet with the IPTC's source type; empty where nothing is to be said."""
        if not self.ai:
            return ""
        return (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
            '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" '
            'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
            'xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
            f"<Iptc4xmpExt:DigitalSourceType>{self.source_type}</Iptc4xmpExt:DigitalSourceType>"
            f"<xmp:CreatorTool>{escape(self.software, quote=False)}</xmp:CreatorTool>"
            "</rdf:Description></rdf:RDF></x:xmpmeta>"
            '<?xpacket end="w"?>'
        )


def sidecar_of(path: Path) -> Path:
    """The JSON file that says it for a file that cannot: ``table.csv.json``."""
    return path.with_name(path.name + ".json")


def write_sidecar(provenance: Provenance, path: Path) -> Path:
    """Write what ``path`` cannot say itself into a JSON file beside it.

    Raises:
        MotionStudioError: the place cannot be written to.
    """
    beside = sidecar_of(path)
    text = json.dumps({"file": path.name, **provenance.entries()}, indent=1)
    with whole_file(beside) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    return beside
