"""Why claims do not hold, as far as it is known: words only, figures stand in the tables.

Keys are a system and how its claim begins, or a part of the claim; the first that fits is printed.
"""

from __future__ import annotations

from motionstudio.evaluation.paper import Claim

_SYSTEMS = "systems"
_REASONS: tuple[tuple[str, str, str], ...] = (
    ("genlmm", "Tracks more accurately",
     "a row of few numbers stands for the whole field, and rivals fit every pixel; fitting the row "
     "at test time closes the gap (*model, refined* in the next chapter). A coarse Lucas-Kanade "
     "estimate beside the pictures was needed to come this far (decision 002)"),
    ("genlmm", "Its deformations are smoother in space",
     "rows act through features of the first picture, which have edges; a wider smoothing of the "
     "velocity was not tried"),
    ("genlmm", "Fills in missing frames",
     "from zeros alone it stayed behind, features carried over the gaps brought it close (decision "
     "006); where little moves between two kept frames a line or a cubic through the model's own "
     "fields does as well as what it has learned of hearts; where fewer are kept it gains on them"),
    ("genlmm", "Motions drawn from the prior",
     "trained dimensions depend on each other, so independent draws mostly cancel; the studio "
     "draws from a PCA of encoded motions instead (*learned*)"),
    ("genlmm", "The latent space separates",
     "few patients of one hospital with two frames each; failing hearts are told from others, but "
     "by how much they eject: with that taken off, rows tell neither, and the size of the heart in "
     "the picture tells both"),
    ("vae", "Bound on MNIST",
     "a tenth of the digits and another network; more digits were not at hand"),
    ("inbetween", "successive frames",
     "neighbours differ by less than the decoder blurs; pixel methods start from sharp pictures"),
    ("inbetween", "Long-term interpolation",
     "a strong term costs reconstruction, handle and spout blur: short of the tenth that counts"),
    ("inbetween", "without the term",
     "with more degrees of freedom, blurred middles of a plain VAE still miss less than double "
     "pictures do"),
    ("inbetween", "six degrees",
     "with six degrees of freedom reconstructions are poor themselves, which bounds the middle"),
    ("inbetween", "Two teapots",
     "both teapots look alike, so sides may be exchanged; where sides are kept it works. More "
     "triples, wider layers and more steps brought better reconstructions, not better middles"),
    ("inbetween", "sprites",
     "characters never seen are reconstructed as badly as that, and limbs that swing to and fro "
     "are not always at the middle"),
    ("vpn", "The likelihood comes close",
     "one small network on a processor for a small part of the paper's steps; the baseline's loss "
     "was still falling, which makes this share look better than it is"),
    ("stae", "Rain radar",
     "the network knows digits on black and sees flow where there is none; going on from these "
     "weights on radar frames helped, not enough to be shipped"),
    ("stae", "Heart muscle",
     "material moves by a small part of a pixel in each frame at this size, so copying is hard to "
     "beat; the network knows digits on black"),
    ("recomposing", "A linear read-out",
     "few steps on a processor; the read-out depends on how many clips it is fitted to"),
    ("recomposing", "Saliency",
     "the embedding looks at what moves somewhat more often than at what stands, no loss asks it "
     "to"),
    ("recomposing", "The same motion is found again",
     "the network saw few steps of small windows; more training with the same losses lowered "
     "retrieval, and a histogram of optical flow is a strong rival"),
)  # fmt: skip


def reason(system: str, claim: Claim) -> str:
    """Why a claim does not hold, a clause without a full stop, or empty."""
    return next((why for of, part, why in _REASONS if of == system and part in claim.claim), "")


def told(system: str, claims: tuple[Claim, ...]) -> str:
    """Markdown lines on claims that do not hold, or empty; equal reasons are told once."""
    by_reason: dict[str, list[str]] = {}
    for claim in claims:
        why = reason(system, claim) if claim.holds is False else ""
        if why:
            by_reason.setdefault(why, []).append(claim.claim.partition(" (")[0])
    if not by_reason:
        return ""
    lines = [f"- *{'; '.join(names)}*: {why}." for why, names in by_reason.items()]
    page = f"[{_SYSTEMS}/{_page(system)}]({_SYSTEMS}/{_page(system)})"
    return "\n".join([f"Why not, as far as known (more in {page}):\n", *lines]) + "\n"


def _page(system: str) -> str:
    return {"inbetween": "inbetweening.md"}.get(system, f"{system}.md")
