"""Every real bank file at hand comes in with its sums proven or is refused for the reason in docs/bank-formats.md.

The files lie outside of the repository, because not all of them may be passed on: where they are not, this is skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tools import bank_samples

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("BANK_SAMPLES", ROOT.parent / "shared" / "data" / "03_bank"))

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of real bank files is not here (BANK_SAMPLES)"),
]


def test_every_sample_is_what_the_table_says_and_what_other_readers_found() -> None:
    found = list(bank_samples.try_in_this_database(FOLDER))
    assert [(sample.path, sample.difference) for sample in found if sample.difference] == []
    document = (ROOT / "docs" / "bank-formats.md").read_text(encoding="utf-8")
    assert bank_samples.replaced(document, "\n".join(bank_samples.as_table(found))) == document
