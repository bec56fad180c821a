"""Small files of every format, made on the spot with known contents."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import nibabel as nib
import numpy as np
import tifffile
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid


def moving_square(frames: int = 6, height: int = 24, width: int = 32, channels: int = 1) -> Any:
    """(T, H, W, C) uint8: a bright square that walks to the right over a ramp."""
    ramp = np.linspace(20, 90, width).astype(np.uint8)
    out = np.broadcast_to(ramp[None, None, :, None], (frames, height, width, channels)).copy()
    for t in range(frames):
        out[t, 8:16, 2 + 3 * t : 10 + 3 * t] = 200 if channels == 1 else (210, 120, 40)
    return out


def write_video_file(
    path: Path,
    frames: np.ndarray,
    times: list[float] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    gop: int = 12,
    options: dict[str, str] | None = None,
    edit: Callable[[Any], None] | None = None,
) -> Path:
    """Encode (T, H, W, 3) frames; ``edit`` may change the stream before the first frame."""
    base = Fraction(1, 1000)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = frames.shape[2], frames.shape[1], pix_fmt
        stream.codec_context.time_base = base
        stream.gop_size = gop
        stream.options = {"crf": "12"} if options is None else options
        if edit is not None:
            edit(stream)
        for t, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = round(1000 * (t / 25 if times is None else times[t]))
            frame.time_base = base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def dicom_dataset(pixels: np.ndarray, **tags: Any) -> Dataset:
    """A grey MR image of (H, W) or (T, H, W) uint16 or int16 pixels; ``tags`` added or replaced."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = MRImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = MRImageStorage
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID
    dataset.Modality = "MR"
    dataset.Rows, dataset.Columns = pixels.shape[-2:]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 1 if pixels.dtype.kind == "i" else 0
    if pixels.ndim == 3:
        dataset.NumberOfFrames = len(pixels)
    for name, value in tags.items():
        setattr(dataset, name, value)
    dataset.PixelData = pixels.tobytes()
    return dataset


def save_dicom(path: Path, pixels: np.ndarray, **tags: Any) -> Path:
    dicom_dataset(pixels, **tags).save_as(path, enforce_file_format=True)
    return path


def _png(path: Path) -> None:
    Image.fromarray(moving_square(channels=3)[0]).save(path)


def _jpeg(path: Path) -> None:
    Image.fromarray(moving_square(channels=3)[0]).save(path, quality=95)


def _animation(path: Path) -> None:
    images = [Image.fromarray(frame) for frame in moving_square(channels=3)]
    images[0].save(path, save_all=True, append_images=images[1:], duration=[50, 100, 70] * 2)


def _apng(path: Path) -> None:
    images = [Image.fromarray(frame) for frame in moving_square(channels=3)]
    images[0].save(path, "PNG", save_all=True, append_images=images[1:], duration=[50] * 6)


def _deep_png(path: Path) -> None:
    import cv2

    cv2.imwrite(str(path), moving_square(channels=3)[0].astype(np.uint16) * 257)


def _tiff(path: Path) -> None:
    stack = moving_square()[..., 0].astype(np.uint16) * 100
    tifffile.imwrite(path, stack, photometric="minisblack", compression="zlib")


def _lzw_tiff(path: Path) -> None:
    images = [Image.fromarray(frame) for frame in moving_square(channels=3)]
    images[0].save(path, save_all=True, append_images=images[1:], compression="tiff_lzw")


def _imagej(path: Path) -> None:
    stack = np.stack([moving_square()[..., 0]] * 2, axis=1)
    tifffile.imwrite(path, stack, imagej=True, metadata={"axes": "TZYX", "finterval": 0.5})


def _nifti(path: Path) -> None:
    volume = np.transpose(moving_square()[..., 0], (2, 1, 0))[:, :, None].repeat(3, axis=2)
    image = nib.Nifti1Image(volume.astype(np.int16), np.diag([1.5, 1.5, 8, 1]))
    image.header.set_zooms((1.5, 1.5, 8, 0.04))
    image.header.set_xyzt_units("mm", "sec")
    nib.save(image, path)


def _dicom(path: Path) -> None:
    save_dicom(path, moving_square()[..., 0].astype(np.uint16), FrameTime="40")


def _npy(path: Path) -> None:
    np.save(path, moving_square())


def _npz(path: Path) -> None:
    masks = (moving_square()[..., 0] == 200).astype(np.uint8)
    np.savez_compressed(path, frames=moving_square(), fps=20.0, masks=masks)


def _video(path: Path) -> None:
    write_video_file(path, moving_square(12, channels=3), gop=4)


def _avi(path: Path) -> None:
    write_video_file(path, moving_square(12, channels=3), codec="mpeg4", options={})


MAKERS: dict[str, Callable[[Path], None]] = {
    "still.png": _png,
    "deep.png": _deep_png,
    "still.jpg": _jpeg,
    "still.webp": _jpeg,
    "moving.gif": _animation,
    "moving.webp": _animation,
    "moving.apng": _apng,
    "stack.tif": _tiff,
    "lzw.tif": _lzw_tiff,
    "imagej.tif": _imagej,
    "volume.nii": _nifti,
    "volume.nii.gz": _nifti,
    "cine.dcm": _dicom,
    "array.npy": _npy,
    "archive.npz": _npz,
    "clip.mp4": _video,
    "clip.mkv": _video,
    "clip.avi": _avi,
}
"""A function for each sample file name; the suffix of the name is the file's own."""


def make(name: str, folder: Path) -> Path:
    path = folder / name
    MAKERS[name](path)
    return path
