"""Libraries that wheels carry inside, and under which licences they stand.

Their licences are not in any metadata: they were looked up in the texts that the wheels bring and
at their sources. A library that is not listed here is told as unknown, and a test fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import metadata
from types import MappingProxyType

OWN = "as its package"
UNKNOWN_LIBRARY = "not known to this list"
GPL = "GPL-2.0-or-later"
_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
_TWO_WAYS = "LGPL-3.0-or-later OR GPL-2.0-or-later"
_QT = "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only"
_QT_STRICT = "GPL-3.0-only"

LIBRARIES: Mapping[str, str] = MappingProxyType(
    {
        "libSvtAv1Enc": "BSD-3-Clause-Clear",
        "libXau": "MIT",
        "libaom": "BSD-2-Clause",
        "libasound": "LGPL-2.1-or-later",
        "libavif": "BSD-2-Clause",
        "libbrotlicommon": "MIT",
        "libbrotlidec": "MIT",
        "libcrypto": "OpenSSL",
        "libdav1d": "BSD-2-Clause",
        "libdrm": "MIT",
        "libfreetype": "FTL OR GPL-2.0-only",
        "libgfortran": _GCC,
        "libgmp": _TWO_WAYS,
        "libgnutls": "LGPL-2.1-or-later",
        "libgomp": _GCC,
        "libharfbuzz": "MIT-Modern-Variant",
        "libhogweed": _TWO_WAYS,
        "libicudata": "Unicode-3.0",
        "libicui18n": "Unicode-3.0",
        "libicuuc": "Unicode-3.0",
        "libjemalloc": "BSD-2-Clause",
        "libjpeg": "IJG AND BSD-3-Clause",
        "liblcms2": "MIT",
        "liblzma": "0BSD",
        "libmp3lame": "LGPL-2.0-or-later",
        "libnettle": _TWO_WAYS,
        "libopenblasp-r0": "BSD-3-Clause",
        "libopencore-amrnb": "Apache-2.0",
        "libopencore-amrwb": "Apache-2.0",
        "libopenjp2": "BSD-2-Clause",
        "libopus": "BSD-3-Clause",
        "libpng16": "libpng-2.0",
        "libquadmath": "LGPL-2.1-or-later",
        "libscipy_openblas": "BSD-3-Clause",
        "libscipy_openblas64_": "BSD-3-Clause",
        "libsharpyuv": "BSD-3-Clause",
        "libssl": "OpenSSL",
        "libtiff": "libtiff",
        "libunistring": _TWO_WAYS,
        "libvpl": "MIT",
        "libvpx": "BSD-3-Clause",
        "libwebp": "BSD-3-Clause",
        "libwebpdemux": "BSD-3-Clause",
        "libwebpmux": "BSD-3-Clause",
        "libx264": GPL,
        "libx265": GPL,
        "libxcb": "MIT",
        "libxcb-shape": "MIT",
        "libxcb-shm": "MIT",
        "libxcb-xfixes": "MIT",
        "libzstd": "BSD-3-Clause OR GPL-2.0-only",
    }
)
"""Licences by name, as SPDX says them."""

_FFMPEG = frozenset(
    {"libavcodec", "libavdevice", "libavfilter", "libavformat", "libavutil", "libswresample"}
    | {"libswscale"}
)
_STRICT_QT = ("Lottie", "QuickTimeline", "VirtualKeyboard", "WaylandCompositor", "WaylandEglComp")
_HASHED = re.compile(r"(-[0-9a-f]{8})+(?=\.)|(-[0-9a-f]{8,})+(?=\.so)")
_LIBRARY = re.compile(r"lib.+\.(so|dylib)(\.|$)|.+\.dll$")


def licence_of_library(package: str, name: str) -> str:
    """Under which licence a library stands that the wheel of ``package`` carries.

    Args:
        package: normalised name of the package.
        name: of the library, without hash and suffix.
    """
    if name in _FFMPEG:
        # PyAV configures its FFmpeg with --enable-version3, OpenCV does not.
        return "LGPL-3.0-or-later" if package == "av" else "LGPL-2.1-or-later"
    if name.startswith("libQt6"):
        strict = name.removeprefix("libQt6").startswith(_STRICT_QT)
        return _QT_STRICT if strict else _QT
    return LIBRARIES.get(name, UNKNOWN_LIBRARY)


def carried(package: metadata.Distribution) -> tuple[str, ...]:
    """Names of the shared libraries of others that lie in a wheel."""
    names = set()
    for file in package.files or ():
        apart = file.parts[0].endswith((".libs", ".dylibs"))
        name = _HASHED.sub("", file.name).split(".")[0]
        known = name in LIBRARIES or name.startswith("libQt6")
        if _LIBRARY.match(file.name) and (apart or (known and "plugins" not in file.parts)):
            names.add(name)
    return tuple(sorted(names))
