"""A reader's browser over a built site on loopback, for the tests of what scripts do for readers."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from livre.site import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 10_000
ICON = "/favicon.ico"
"""What a browser asks for by itself where a file that is no page is shown."""


@contextmanager
def reading() -> Iterator[Browser]:
    """The real Chromium."""
    api = pytest.importorskip("playwright.sync_api")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.fail("the browser tests need Chromium: apt-get install chromium, or run pytest -m 'not browser'")
    with api.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of the site in this folder."""
    with serve.Server(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


class Reader:
    """A profile of a browser: what it keeps stays between its pages. `complaints` is everything that went wrong on any of them."""

    def __init__(self, browser: Browser, **options: object) -> None:
        self.context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda e: self.complaints.append(f"pageerror: {e}"))
        page.on(
            "response", lambda r: self.complaints.append(f"{r.status} {r.url}") if r.status >= 400 and not r.url.endswith(ICON) else None
        )
        page.add_init_script("document.addEventListener('securitypolicyviolation', e => console.error('policy:', e.violatedDirective))")
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.location["url"].endswith(ICON):
            self.complaints.append(f"{message.type}: {message.text}")

    def close(self) -> None:
        self.context.close()
