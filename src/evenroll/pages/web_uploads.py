"""How much may be uploaded at once: what is more is not kept, and the page can say so."""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

UPLOAD_BYTES_MAX: Final = 20 * 1024 * 1024
_MARK: Final = "evenroll.upload_too_large"


class WithinLimit(FileUploadHandler):
    """The first of the upload handlers: skips every file of a request that says, or turns out, to be too large."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        """Marks a request that is too large before a byte of it is read."""
        self._is_too_large = content_length > UPLOAD_BYTES_MAX
        if self._is_too_large and self.request is not None:
            self.request.META[_MARK] = True

    def new_file(self, *given: Any, **named: Any) -> None:
        """Raises SkipFile where the request is too large."""
        super().new_file(*given, **named)
        if self._is_too_large:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hands it on: a request is never longer than it says."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leaves it to the handlers after this one."""


def is_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was left out because there was too much of it."""
    return bool(request.META.get(_MARK))
