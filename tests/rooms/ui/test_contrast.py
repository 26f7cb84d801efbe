"""Every pair of colours used together keeps the contrast of WCAG 2.2 AA, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kulanz.ui

TOKENS = (Path(kulanz.ui.__file__).parent / "static" / "ui" / "tokens.css").read_text(encoding="utf-8")
COMPONENTS = (Path(kulanz.ui.__file__).parent / "static" / "ui" / "components.css").read_text(encoding="utf-8")
GROUNDS = ("ground", "surface", "sunken")
KINDS = ("info", "success", "warning", "stop")

TEXT_PAIRS = (
    *((text, ground) for text in ("ink", "ink-soft", "accent", "accent-strong", "stop") for ground in GROUNDS),
    *((kind, f"{kind}-soft") for kind in KINDS),
    *(("ink", f"{kind}-soft") for kind in (*KINDS, "accent")),
    *((kind, ground) for kind in KINDS for ground in ("ground", "surface")),
    *(("accent", f"{kind}-soft") for kind in KINDS),
    ("ink-soft", "accent-soft"),
    ("accent", "accent-soft"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-stop", "stop"),
    ("on-stop", "stop-strong"),
)
# Borders of controls, the focus ring, the brand mark: what must be seen but is not read.
SHAPE_PAIRS = (
    *((shape, ground) for shape in ("line-strong", "focus", "accent") for ground in GROUNDS),
    ("focus", "accent-soft"),
    *(("focus", f"{kind}-soft") for kind in KINDS),
    ("on-mark", "mark"),
)


def _block(css: str, start: str) -> dict[str, str]:
    body = css[css.index(start) :]
    body = body[body.index(":root") : body.index("}")]
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", body))


LIGHT = _block(TOKENS, ":root")
SCHEMES = {"light": LIGHT, "dark": LIGHT | _block(TOKENS, "@media screen and (prefers-color-scheme: dark)")}


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ratio(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_the_one_of_the_standard() -> None:
    assert _ratio("#000000", "#ffffff") == pytest.approx(21.0)
    assert round(_ratio("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    tokens = SCHEMES[scheme]
    assert _ratio(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_shapes_can_be_seen(scheme: str, shape: str, ground: str) -> None:
    tokens = SCHEMES[scheme]
    assert _ratio(tokens[shape], tokens[ground]) >= 3.0


def test_colours_are_written_in_the_tokens_only() -> None:
    found = re.findall(r"#[0-9a-f]{3,8}\b", COMPONENTS)
    # The ground of a QR code is white in both schemes, because a scanner needs it.
    assert found == ["#ffffff"]


def test_every_token_that_is_used_exists() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", COMPONENTS))
    known = set(re.findall(r"--([a-z0-9-]+):", TOKENS))
    assert used - known == set()
