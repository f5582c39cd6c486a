"""Files as customers, and as attackers, would send them for papers."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pikepdf
from PIL import Image

GPS_MARK = b"35.0844N 106.6504W"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
ZIP = b"PK\x03\x04" + b"\0" * 60
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def photo(shade: int = 90, *, size: tuple[int, int] = (320, 200), kind: str = "JPEG") -> bytes:
    """A photo that says where it was taken; another one for each shade."""
    exif = Image.Exif()
    exif[0x010E] = GPS_MARK.decode()
    exif[0x0112] = 6
    return _written(Image.new("RGB", size, (shade, 120, 200)), kind, exif=exif)


def _written(picture: Any, kind: str, **how: Any) -> bytes:
    found = io.BytesIO()
    picture.save(found, kind, **how)
    return found.getvalue()


def see_through() -> bytes:
    return _written(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG")


def png_bomb(width: int, height: int) -> bytes:
    """A few kB that are a picture of so many dots."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    dots = zlib.compress(b"\0" * (width // 8 + 1) * min(height, 4000), 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", dots) + part(b"IEND", b"")


def paper(*, pages: int = 1, **root: Any) -> bytes:
    """A PDF. root: what stands in its catalog beside its pages."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    made.docinfo["/Author"] = "Mallory"
    for name, value in root.items():
        made.Root[f"/{name}"] = value
    return saved(made)


def saved(made: Any, **how: Any) -> bytes:
    found = io.BytesIO()
    made.save(found, **how)
    return found.getvalue()


def with_script(*, packed: bool = False) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    return saved(made, object_stream_mode=mode)


def with_file_inside() -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.attachments["invoice.exe"] = b"MZ"
    return saved(made)


def with_launch_in_annotation() -> bytes:
    made = pikepdf.new()
    page = made.add_blank_page()
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    page.obj["/Annots"] = pikepdf.Array([note])
    return saved(made)


def locked(*, user: str) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    return saved(made, encryption=pikepdf.Encryption(owner="owner", user=user))


def pdf_bomb(*, layers: int = 1) -> bytes:
    """A page of some kB whose content is hundreds of MB, packed once or several times."""
    made = pikepdf.new()
    page = made.add_blank_page()
    content = b" " * (200_000_000 if layers == 1 else 1_000)
    for _ in range(layers):
        content = zlib.compress(content, 9)
    stream = pikepdf.Stream(made, b"")
    stream.write(content, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * layers))
    page.obj["/Contents"] = made.make_indirect(stream)
    return saved(made, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
