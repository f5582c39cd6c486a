"""One photo of a paper, by a process of its own: the picture alone, upright, written anew as JPEG."""

from __future__ import annotations

import io
import sys
from typing import Final

from PIL import Image, ImageOps

from evenroll.intake.paper_limits import TOO_LARGE, Wrong, cleaned

PIXELS_MAX: Final = 50_000_000
SIDE_MAX: Final = 2_600
QUALITY: Final = 82


def image(content: bytes) -> bytes:
    """What else stood in the file, such as the place of the photo, is gone. Raises Wrong, and whatever Pillow does."""
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    try:
        found = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    except Image.DecompressionBombError:
        raise Wrong(TOO_LARGE) from None
    if found.width * found.height > PIXELS_MAX:
        raise Wrong(TOO_LARGE)
    found.draft("RGB", (SIDE_MAX, SIDE_MAX))
    upright = ImageOps.exif_transpose(found)
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    # A new picture of the same dots, on white paper: nothing but them can come along.
    paper = Image.new("RGB", upright.size, "white")
    seen_through = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    dots = upright.convert("RGBA" if seen_through else "RGB")
    paper.paste(dots, mask=dots if seen_through else None)
    written = io.BytesIO()
    paper.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(cleaned(image))
