"""An example for each command, shown at the end of its help."""

from __future__ import annotations

EXAMPLES = {
    "studio": "motionstudio studio clip.mp4",
    "tour": "motionstudio tour clip.mp4 --out pictures",
    "models": "motionstudio models --json",
    "inspect": "motionstudio inspect volume.nii.gz --slice 5",
    "encode": "motionstudio encode clip.mp4 --model heart --drop 3,7-9 --out motion.npz",
    "render": "motionstudio render motion.npz --source picture.png --out beat.mp4",
    "train": "motionstudio train heart --set preset=tiny --set stages.0.steps=500 --out mine",
    "evaluate": "motionstudio evaluate heart --task tracking --data clips --json",
    "animate": "motionstudio animate faces/*.png --motion nod.mp4 --model figures_fomm",
    "batch": "motionstudio batch study.toml --dry-run",
    "import-checkpoint": "motionstudio import-checkpoint vox-cpk.pth.tar --name faces",
    "doctor": "motionstudio doctor --json",
}


def example(command: str) -> str:
    """The last paragraph of a command's help, in Markdown."""
    return f"Example: `{EXAMPLES[command]}`"
