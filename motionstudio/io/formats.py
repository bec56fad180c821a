"""The formats that are built in: how each is recognised, and the module that reads it.

Codecs take long to import, so a module is imported with the first file that needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from motionstudio.core.clip import Clip
from motionstudio.io.info import ClipInfo, Reader, ReadOptions


def _is_npz(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def _is_npy(head: bytes) -> bool:
    return head.startswith(b"\x93NUMPY")


def _is_picture(head: bytes) -> bool:
    starts = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM")
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    pnm = head[:1] == b"P" and head[1:2] in (b"1", b"2", b"3", b"4", b"5", b"6")
    return webp or (pnm and head[2:3].isspace()) or head.startswith(starts)


def _is_tiff(head: bytes) -> bool:
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def _is_dicom(head: bytes) -> bool:
    return head[128:132] == b"DICM"


def _is_nifti(head: bytes) -> bool:
    return head[344:348] == b"n+1\0" or head[4:8] == b"n+2\0"


def _is_video(head: bytes) -> bool:
    asf = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"
    mpeg = (b"\0\0\x01\xba", b"\0\0\x01\xb3")
    starts = (b"\x1aE\xdf\xa3", b"FLV\x01", b"OggS", b"YUV4MPEG2", asf, *mpeg)
    boxes = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
    avi = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    transport = len(head) > 376 and head[0] == head[188] == head[376] == 0x47
    return head.startswith(starts) or head[4:8] in boxes or avi or transport


def _never(head: bytes) -> bool:
    return False


def _reader(
    name: str,
    suffixes: str,
    recognises: Callable[[bytes], bool],
    module: str,
    functions: tuple[str, str] = ("probe", "read"),
) -> Reader:
    """A reader whose functions live in ``motionstudio.io.<module>``, imported when called."""

    def probe(path: Path) -> ClipInfo:
        info: ClipInfo = getattr(import_module(f"motionstudio.io.{module}"), functions[0])(path)
        return info

    def read(path: Path, options: ReadOptions) -> Clip:
        found = getattr(import_module(f"motionstudio.io.{module}"), functions[1])
        clip: Clip = found(path, options)
        return clip

    return Reader(name, tuple(suffixes.split()), recognises, probe, read)


NPZ = _reader("numpy arrays", ".npz", _is_npz, "arrays", ("probe_npz", "read_npz"))
NPY = _reader("numpy arrays", ".npy", _is_npy, "arrays", ("probe_npy", "read_npy"))
PICTURES = _reader(
    "pictures and animations",
    ".png .apng .gif .jpg .jpeg .webp .bmp .pgm .ppm .pnm",
    _is_picture,
    "stills",
)
TIFF = _reader("TIFF", ".tif .tiff .btf .stk .lsm", _is_tiff, "tiff")
DICOM = _reader("DICOM", ".dcm .dicom .ima", _is_dicom, "dicom")
NIFTI = _reader("NIfTI", ".nii .nii.gz", _is_nifti, "nifti")
VIDEO = _reader(
    "video",
    ".mp4 .m4v .mov .mkv .webm .avi .mpg .mpeg .ts .m2ts .ogv .flv .3gp .wmv .y4m .mjpeg .h264",
    _is_video,
    "video",
)
FOLDERS = _reader("folder", "", _never, "folders")

BUILT_IN = (NPZ, NPY, PICTURES, TIFF, DICOM, NIFTI, VIDEO)
"""Every reader of files; where two recognise one, the first takes it."""
