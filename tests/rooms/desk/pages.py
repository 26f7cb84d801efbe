"""Reading pages as people do."""

from __future__ import annotations

import html
import re

from django.http import HttpResponse


def text(response: HttpResponse) -> str:
    """What a person reads, in one line."""
    plain = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", plain)
