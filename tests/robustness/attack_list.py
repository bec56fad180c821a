"""All attacks by name, with the words by which each is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import load_motion
from motionstudio.io.template_file import load_template
from motionstudio.models.fomm_features import read_vgg
from motionstudio.models.fomm_files import read_official
from motionstudio.models.fomm_import import read_params
from motionstudio.models.registry import load_model
from motionstudio.training.recipe import read_recipe
from tests.robustness import attacks as a
from tests.robustness import picture_attacks as p
from tests.robustness.format_lies import LIES
from tests.robustness.path_attacks import PATHS
from tests.robustness.session_targets import read_settings


@dataclass(frozen=True, slots=True)
class Attack:
    """A hostile file.

    Attributes:
        make: writes it into an empty folder; returns its path.
        read: reads it as the program does.
        words: of the sentence that refuses it, a regular expression; empty: it opens, and what
            is hostile in it has no effect.
    """

    make: a.Make
    read: Callable[[Path], object]
    words: str


def answer(attack: Attack, path: Path) -> str:
    """The sentence that refuses a hostile file; empty where it is opened."""
    try:
        attack.read(path)
    except MotionStudioError as error:
        return error.message
    return ""


def _beside(path: Path) -> object:
    return load_model(path.parent)


_CONCAT = "ffconcat version 1.0\nfile SECRET\n"
_HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nfile://SECRET\n#EXT-X-ENDLIST\n"

PROJECTS = {
    "manifest that unpacks into 3 GiB": (a.project_bomb("manifest.json", 3072), "takes 3,072 MiB"),
    "manifest that lies about its 512 MiB": (
        a.project_bomb("manifest.json", 512, said=1000), "damaged|could not be opened",
    ),
    "latents that unpack into 900 MiB": (
        a.project_bomb("latents.safetensors", 900), "is compressed, which no project is",
    ),
    "media that unpack into 3 GiB": (a.project_bomb("media/a", 3072), "is compressed"),
    "300,000 parts": (a.many_members("many.motion", 300_000), "it holds 300,000 parts"),
    "manifest nested 5,000,000 deep": (a.nested_project, "refer to each other without end"),
    "part named ../evil": (a.with_member("../evil"), "outside the project"),
    "part named /tmp/evil": (a.with_member("/tmp/evil"), "outside the project"),
    "part named C:evil": (a.with_member("C:evil"), "outside the project"),
    "part that is a symbolic link": (a.with_member("media/x", link=True), "outside the project"),
    "clip at /dev/zero": (a.media_at("/dev/zero"), "by a path that it may not use"),
    "clip at ../../../../dev/zero": (a.media_at("../" * 12 + "dev/zero"), "is empty|neither"),
    "clip that is a pipe": (a.media_at("FIFO"), "is neither a file nor a folder"),
    "clip at file://etc": (a.media_at("\\\\host\\share\\a.npz"), "by a path that it may not use"),
}  # fmt: skip

CLIPS = {
    "npz of 3 GiB": (a.npz_bomb("frames"), "would take 3,072 MiB"),
    "npz that lies about its 3 GiB": (a.npz_bomb("frames", 4000), "damaged|could not be read"),
    "npz of 100,000 parts": (a.many_members("many.npz", 100_000), "holds 100,000 parts"),
    "npz with a pickle": (a.objects("objects.npz"), "no pictures|holds no|Python objects"),
    "npy with a pickle": (a.objects("objects.npy"), "which is no image sequence"),
    "npy of an EiB": (
        a.file_of("h.npy", a.npy((1 << 20, 1 << 20, 1 << 20), bytes(64))), "limit|too",
    ),
    "npy header nested 65,000 deep": (a.file_of("n.npy", a.NESTED_NPY), "could not be read"),
    "NIfTI of 32767^4": (
        p.patched("volume.nii", (40, b"\x04\0" + b"\xff\x7f" * 4)), "would take|limit|too",
    ),
    "NIfTI of 2 GiB in 2 MB": (p.nifti_bomb, "would take"),
    "DICOM of 65535 x 65535": (p.dicom(Rows=65535, Columns=65535), "the limit is"),
    "DICOM of 2,147,483,647 frames": (p.dicom(NumberOfFrames=2**31 - 1), "limit|too early|frames"),
    "DICOM deflated from 3 GiB": (p.deflated_dicom, "MiB|could not be read"),
    "GIF of 65535 x 65535": (p.patched("moving.gif", (6, b"\xff" * 4)), "pixels"),
    "GIF of 20,000 frames on 4000 x 4000": (p.many_frames, ""),
    "PNG of 2147483647 x 2147483647": (p.png(2**31 - 1, 2**31 - 1), "pixels"),
    "PNG of 10001 x 10000": (p.png(10_001, 10_000), "the limit is 100 million pixels"),
    "PNG whose text unpacks into 2 GiB": (p.text_bomb, "could not be read"),
    "TIFF of 4294967295 x 4294967295": (p.tiff(2**32 - 1, 2**32 - 1), "pixels"),
    "TIFF whose page follows itself": (p.tiff(64, 64, loop=True), "in a circle"),
    "AVI of 2,000,000 x 2,000,000": (p.film("clip.avi", 2_000_000, 2_000_000), ""),
    "MP4 of 65535 x 65535": (p.film("clip.mp4", 65535, 65535), ""),
    "list of other files named .mp4": (p.playlist("list.mp4", _CONCAT), "could not be read"),
    "HLS list named .mp4": (p.playlist("list.mp4", _HLS), "could not be read"),
    "MP4 whose pictures lie elsewhere": (p.referring_mov, ""),
}  # fmt: skip

NUMBERS = {
    "motion of 3 GiB": (a.motion_bomb, load_motion, "would take"),
    "motion with a pickle": (a.objects("m.npz", "mean"), load_motion, "is no saved motion"),
    "template nested 100,000 deep": (
        a.template("[" * 100_000 + "]" * 100_000, "[1]"), load_template, "without end",
    ),
    "template of shape 10^18": (a.template("[0]", f"[{10**18}]"), load_template, "cannot reshape"),
    "template of type object": (a.template("[0]", "[1]", "O"), load_template, "damaged"),
    "template of strings of 1 GB": (
        a.template("[" + '"a",' * 4000 + '"a"]', "[4001]", "U268435455"), load_template,
        "memory|damaged",
    ),
    "card of a decoder 10^9 wide": (
        a.configured(decoder=10**9), _beside, "it would hold more than",
    ),
    "card of a picture 2^30 wide": (a.configured(size=1 << 30), _beside, "network|fit"),
    "card of 10^5 layers": (
        a.configured(dilations=[1] * 10**5), _beside, "it would hold more than",
    ),
    "weights whose header is 2^63 long": (a.weights(a.header(b"{}", 1 << 63)), _beside, "damaged"),
    "weights whose header is nested": (
        a.weights(a.header(b"[" * 200_000)), _beside, "damaged",
    ),
    "weights with a tensor of 4 TiB": (a.weights(a.HUGE_TENSOR), _beside, "damaged"),
    "weights that are a pickle": (a.pickled("weights.safetensors"), read_official, "damaged"),
    "card that names weights elsewhere": (
        a.card('weights = "/etc/passwd"'), _beside, "Extra inputs|damaged|does not fit",
    ),
    "card named ../../evil": (a.card('name = "../../evil"'), _beside, "no name of a folder"),
    "card of dims 10^12": (a.card(f"dims = {10**12}"), _beside, "damaged|fit|large|limit"),
    "card of size 10^9": (a.card(f"size = {10**9}"), _beside, "damaged|fit|large|limit"),
    "official weights: a pickle": (
        a.pickled("e-cpk.pth.tar"), read_official, "nothing of it was run",
    ),
    "official weights: a pickle in a torch archive": (
        a.torch_pickled("e-cpk.pth.tar"), read_official, "nothing of it was run",
    ),
    "official weights: a pickle that takes from nothing": (
        a.broken_pickle("e-cpk.pth.tar", a.EMPTY_STACK), read_official, "is damaged or no torch",
    ),
    "official weights: a pickle that is cut off": (
        a.broken_pickle("e-cpk.pth.tar", a.CUT_OFF), read_official, "is damaged or no torch file",
    ),
    "VGG19 weights: a pickle that takes from nothing": (
        a.broken_pickle("vgg19.pth", a.EMPTY_STACK), read_vgg, "is damaged",
    ),
    "training state: a pickle that takes from nothing": (
        a.broken_pickle("state.pt", a.EMPTY_STACK), a.read_state, "is damaged",
    ),
    "official weights of 3 GiB in 3 MB": (
        a.torch_bomb("e-cpk.pth.tar"), read_official, "compressed|damaged",
    ),
    "training state: a pickle": (a.pickled("state.pt"), a.read_state, "is damaged"),
    "training state: a pickle in a torch archive": (
        a.torch_pickled("state.pt"), a.read_state, "is damaged",
    ),
    "training state of 3 GiB in 3 MB": (a.torch_bomb("state.pt"), a.read_state, "is damaged"),
    "YAML of a milliard words": (a.laughs, read_params, "no block model_params"),
    "YAML that calls a function": (a.yaml_object, read_params, "no valid YAML"),
}  # fmt: skip

TEXTS = {
    "recipe nested 100,000 deep": (
        a.file_of("r.toml", b"a = " + b"[" * 100_000), read_recipe, "not valid TOML",
    ),
    "recipe of a dotted key of 100,000 parts": (
        a.file_of("r.toml", b"a." * 100_000 + b"b = 1"), read_recipe, "TOML|fit",
    ),
    "recipe of 10^18 steps": (a.recipe(("steps", str(10**18))), read_recipe, "steps"),
    "recipe of batches of 10^9": (a.recipe(("batch", str(10**9))), read_recipe, "batch"),
    "recipe of 10^12 sequences": (a.recipe(("count", str(10**12))), read_recipe, "count"),
    "study nested 100,000 deep": (
        a.file_of("s.toml", b"a = " + b"[" * 100_000), a.read_study, "not valid TOML",
    ),
    "study that writes to ../../elsewhere": (
        a.study('"results"', '"../../elsewhere"'), a.read_study, "leads out of the study's folder",
    ),
    "recipe of a decoder 10^9 wide": (
        a.recipe(("model.decoder", str(10**9))), a.begin, "it would hold more than",
    ),
    "recipe of 10^5 layers": (
        a.recipe(("model.dilations", str([1] * 10**5))), a.begin, "it would hold more than",
    ),
    "settings nested 100,000 deep": (
        a.settings("[" * 100_000), read_settings, "settings",
    ),
}  # fmt: skip

ATTACKS: Mapping[str, Attack] = {
    **{f"project: {n}": Attack(make, a.open_project, w) for n, (make, w) in PROJECTS.items()},
    **{f"clip: {n}": Attack(make, p.read_frames, w) for n, (make, w) in CLIPS.items()},
    **{f"place: {n}": Attack(*three) for n, three in PATHS.items()},
    **{n: Attack(*three) for n, three in {**LIES, **NUMBERS, **TEXTS}.items()},
}
"""By the name under which they are counted."""
