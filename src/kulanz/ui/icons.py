"""Our own line icons on a grid of 24. They stand beside words, never instead of them.

Screen readers do not hear them: the word beside them says it all.
"""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_FILE = '<path d="M6 3h8l4.5 4.5V21H6z"/><path d="M14 3v4.5h4.5"/>'
_RING = '<circle cx="12" cy="12" r="9"/>'
_TRAY = '<path d="M4 16v4h16v-4"/>'

SHAPES: dict[str, str] = {
    "arrow-left": '<path d="M20 12H4M10.5 5.5 4 12l6.5 6.5"/>',
    "arrow-right": '<path d="M4 12h16M13.5 5.5 20 12l-6.5 6.5"/>',
    "bank": '<path d="M3.5 9.5 12 4l8.5 5.5zM6 9.5v8M10 9.5v8M14 9.5v8M18 9.5v8M3.5 20.5h17"/>',
    "calendar": ('<rect x="4" y="5.5" width="16" height="15" rx="2"/><path d="M4 10.5h16M8.5 3v4.5M15.5 3v4.5"/>'),
    "chat": '<path d="M4 5h16v11h-8.5l-4.5 4v-4H4z"/>',
    "check": '<path d="m4.5 12.5 5 5L19.5 7"/>',
    "chevron-down": '<path d="m6 9.5 6 6 6-6"/>',
    "clock": _RING + '<path d="M12 7v5.2l3.4 2"/>',
    "copy": '<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/><path d="M15.5 8.5V4H4v11.5h4.5"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "download": '<path d="M12 4v11M7.5 10.5 12 15l4.5-4.5"/>' + _TRAY,
    "euro": '<path d="M18 6.4a7 7 0 1 0 0 11.2M3.5 10.3h10M3.5 13.7h9"/>',
    "external": '<path d="M14 4h6v6M20 4l-9 9M18 13.5V20H4V6h6.5"/>',
    "file": _FILE,
    "globe": _RING + '<path d="M3 12h18M12 3c2.8 2.6 4 5.6 4 9s-1.2 6.4-4 9c-2.8-2.6-4-5.6-4-9s1.2-6.4 4-9z"/>',
    "info": _RING + '<path d="M12 11v5.5M12 7.5v.2"/>',
    "key": '<circle cx="8" cy="16" r="4"/><path d="m11 13 9-9M16 8l3 3"/>',
    "letter": _FILE + '<path d="M9 12.5h6M9 16.5h6"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5v-3a4 4 0 0 1 8 0v3"/>',
    "mail": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="m3.8 7.3 8.2 6 8.2-6"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "moon": '<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"/>',
    "parcel": ('<path d="M3.5 8 12 3.5 20.5 8v8.5L12 21l-8.5-4.5zM3.5 8l8.5 4.5L20.5 8M12 12.5V21M7.8 5.8l8.4 4.4"/>'),
    "pause": '<path d="M9 6v12M15 6v12"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6"/>',
    "phone": (
        '<path d="M6.5 3.5h3L11 8 9 9.6a12 12 0 0 0 5.4 5.4l1.6-2 4.5 1.5v3a2 2 0 0 1-2.2 2'
        'A16.3 16.3 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2z"/>'
    ),
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": '<path d="M7 8V3.5h10V8M7 17H4V8h16v9h-3M7 14h10v6.5H7z"/>',
    "return": '<path d="M9 4.5 4 9.5l5 5M4 9.5h10.5a5 5 0 0 1 0 10H9"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.3 15.3 5.2 5.2"/>',
    "stop": '<path d="M8.2 3h7.6L21 8.2v7.6L15.8 21H8.2L3 15.8V8.2zM12 7.5v5.5M12 16.3v.2"/>',
    "sun": (
        '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7'
        'M17 17l1.7 1.7M18.7 5.3 17 7M7 17l-1.7 1.7"/>'
    ),
    "upload": '<path d="M12 15V4M7.5 8.5 12 4l4.5 4.5"/>' + _TRAY,
    "warning": '<path d="M12 4 21.5 20h-19zM12 10v4.5M12 17.3v.2"/>',
}


def draw(name: str) -> SafeString:
    """The icon as inline SVG in the colour of the text around it. An unknown name is a bug."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        'focusable="false">{}</svg>',
        mark_safe(SHAPES[name]),  # noqa: S308 - constants of this file
    )
