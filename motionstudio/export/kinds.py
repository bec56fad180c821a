"""What can be exported: films, pictures, fields and numbers, and what each needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Group(StrEnum):
    """What kind of thing a file is, as people look for it."""

    ANIMATION = "Animation"
    STILL = "Still picture"
    FIELDS = "Fields"
    MOTION = "Latent motion"


class ExportKind(StrEnum):
    """What can be written."""

    MP4 = "mp4"
    WEBM = "webm"
    GIF = "gif"
    APNG = "apng"
    PNG = "png"
    STILL = "still"
    NPZ = "npz"
    FIELDS = "fields"
    NIFTI = "nifti"
    JACOBIAN = "jacobian"
    SUMMARY = "summary"
    TRACKS = "tracks"
    CSV = "csv"
    LATENTS = "latents"
    SAFETENSORS = "safetensors"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _FACTS[self].label

    @property
    def suffix(self) -> str:
        """Suffix of the file; empty for a folder."""
        return _FACTS[self].suffix

    @property
    def group(self) -> Group:
        """What kind of thing it is."""
        return _FACTS[self].group

    @property
    def hint(self) -> str:
        """One sentence on what is written."""
        return _FACTS[self].hint

    @property
    def is_film(self) -> bool:
        """Whether it has a rate."""
        return self in _FILMS

    @property
    def says_loops(self) -> bool:
        """Whether the file itself says how often it is played."""
        return self in (ExportKind.GIF, ExportKind.APNG)

    @property
    def is_picture(self) -> bool:
        """Whether people look at it, so that size, panels and marks make sense."""
        return self.group in (Group.ANIMATION, Group.STILL)

    @property
    def has_pictures(self) -> bool:
        """Whether frames must be rendered for it."""
        return self.group is not Group.MOTION

    @property
    def needs_field(self) -> bool:
        """Whether it is made from the displacement."""
        return self.group is Group.FIELDS and self is not ExportKind.NPZ

    @property
    def holds_metadata(self) -> bool:
        """Whether the file itself can say how it was made; else a JSON file beside it does."""
        return self not in (ExportKind.CSV, ExportKind.SUMMARY, ExportKind.TRACKS)


@dataclass(frozen=True, slots=True)
class _Fact:
    label: str
    suffix: str
    group: Group
    hint: str


_FILMS = (
    ExportKind.MP4, ExportKind.WEBM, ExportKind.GIF, ExportKind.APNG,
)  # fmt: skip
_FACTS = {
    ExportKind.MP4: _Fact(
        "Film (MP4, H.264)", ".mp4", Group.ANIMATION,
        "Plays everywhere; true frame times are kept."),
    ExportKind.WEBM: _Fact(
        "Film for the web (WebM, VP9)", ".webm", Group.ANIMATION,
        "Small files for web pages; takes longer to write."),
    ExportKind.GIF: _Fact(
        "Animation (GIF)", ".gif", Group.ANIMATION,
        "For pages and messages; at most 256 colours, times in hundredths of a second."),
    ExportKind.APNG: _Fact(
        "Animation, lossless (APNG)", ".apng", Group.ANIMATION,
        "Every pixel as it is; browsers play it, files are large."),
    ExportKind.PNG: _Fact(
        "Picture sequence (PNG)", "", Group.ANIMATION,
        "A folder with one lossless picture for each frame."),
    ExportKind.STILL: _Fact(
        "Current frame (PNG)", ".png", Group.STILL, "One lossless picture."),
    ExportKind.NPZ: _Fact(
        "Everything for numpy (NPZ)", ".npz", Group.FIELDS,
        "frames, displacement, inverse, mean, std, kept and times as arrays."),
    ExportKind.FIELDS: _Fact(
        "Displacement and Jacobian (NPZ)", ".npz", Group.FIELDS,
        "displacement, inverse (T, 2, H, W) in pixels and jacobian (T, H, W) as float32."),
    ExportKind.NIFTI: _Fact(
        "Displacement (NIfTI)", ".nii.gz", Group.FIELDS,
        "The displacement (dx, dy) over time, in mm where pixels have a size."),
    ExportKind.JACOBIAN: _Fact(
        "Jacobian (NIfTI)", ".nii.gz", Group.FIELDS,
        "Local change of area over time: 1 keeps, above 1 expands, 0 and below folds."),
    ExportKind.SUMMARY: _Fact(
        "Summary of the fields (CSV)", ".csv", Group.FIELDS,
        "One line a frame: least, median and greatest displacement and Jacobian, % folded."),
    ExportKind.TRACKS: _Fact(
        "Tracked points (CSV)", ".csv", Group.FIELDS,
        "Where a grid of points of the reference frame is in every frame."),
    ExportKind.CSV: _Fact(
        "Motion matrix as a table (CSV)", ".csv", Group.MOTION,
        "One line for each frame, one named column for each dimension."),
    ExportKind.LATENTS: _Fact(
        "Motion matrix for numpy (NPZ)", ".npz", Group.MOTION,
        "What 'motionstudio render' and load_motion read: mean, std, times, kept, names."),
    ExportKind.SAFETENSORS: _Fact(
        "Motion matrix (safetensors)", ".safetensors", Group.MOTION,
        "The same arrays with the names of the dimensions in the header."),
}  # fmt: skip

_CODED = (ExportKind.MP4, ExportKind.WEBM)


@cache
def why_not(kind: ExportKind) -> str:
    """Why this machine cannot write ``kind``; empty where it can."""
    if kind not in _CODED:
        return ""
    from motionstudio.io.encoders import encoder_for

    if encoder_for(kind.suffix) is None:
        return f"The installed PyAV has no encoder for {kind.suffix}; install the wheel from PyPI."
    return ""
