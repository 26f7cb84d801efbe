"""A real sample shop, really served, in real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "kulanz-demo-login"
DOMAIN = "demo.kulanz.invalid"


@dataclass(frozen=True, slots=True)
class SampleShop:
    """Where the sample shop is served, and the folder of its bank files."""

    url: str
    bank_files: Path
    environment: dict[str, str]

    def kulanz(self, *arguments: str) -> Any:
        """The command line on the same data: its JSON answer."""
        done = subprocess.run(
            [sys.executable, "-m", "kulanz.cli", *arguments, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="session")
def sample_shop() -> Iterator[SampleShop]:
    """`kulanz demo`, as a person starts it; ended as a person ends it."""
    if not CHROMIUM:
        reason = "Chromium is missing: apt-get install -y chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="kulanz-browser-"))
    folder.chmod(0o711)
    port = _free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KULANZ_")}
    environment["KULANZ_DATA_DIR"] = str(folder)
    log = (folder / "demo.log").open("w")
    demo = subprocess.Popen(
        [sys.executable, "-m", "kulanz.cli", "demo", "--port", str(port), "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        assert demo.stdout is not None
        document = _first_document(demo)
        yield SampleShop(f"http://127.0.0.1:{port}", Path(document["bank_files"]), environment)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(timeout=30)
        subprocess.run([sys.executable, "-m", "kulanz.cli", "stop"], env=environment, check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _first_document(demo: subprocess.Popen[str]) -> Any:
    """What the demo prints once the pages answer."""
    assert demo.stdout is not None
    text = ""
    for line in demo.stdout:
        text += line
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            continue
    raise AssertionError("the demo ended before its pages answered")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium per module. It ends with the module: its event loop would get in the way of database tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass(slots=True)
class Visitor:
    """A person in front of a browser of his own."""

    shop: SampleShop
    page: Page

    def opens(self, path: str) -> Page:
        """Go there; anything but an answer in order is a failure."""
        response = self.page.goto(self.shop.url + path)
        assert response is not None
        assert response.status == 200, f"{path}: {response.status}"
        return self.page

    def signs_in(self, who: str) -> Page:
        """As one of the demo's people."""
        self.signs_in_with(f"{who}@{DOMAIN}", PASSWORD)
        return self.page

    def signs_in_with(self, email: str, password: str) -> Page:
        self.opens("/login/login/")
        form = self.page.locator("form:has(input[name=password]:visible)").first
        form.locator("input[name=login]").fill(email)
        form.locator("input[name=password]").fill(password)
        form.locator("button[type=submit]").first.click()
        self.page.wait_for_load_state()
        assert "/login/login/" not in self.page.url, "the login was refused"
        return self.page


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Every journey is walked in both languages."""
    return str(request.param)


@pytest.fixture
def visitor(sample_shop: SampleShop, browser: Browser, language: str) -> Iterator[Visitor]:
    """Somebody with a desktop browser in this language."""
    context = browser.new_context(locale=f"{language}-DE", viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield Visitor(sample_shop, page)
    context.close()
