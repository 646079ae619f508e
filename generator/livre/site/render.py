"""Pages as HTML: our own templates, escaping everything, put into a frame that the theme rendered once.

The only importer of jinja2. A template that names a value which its context does not hold is
an error, never an empty string.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..errors import BrokenInvariant
from .math import tex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Page

TEMPLATES = Path(__file__).parent / "templates"
_CUT = "\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a template may know of the whole site; `url` ends in a slash, or is '' when nobody said where the site will be."""

    name: str
    url: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A page of the theme without its contents: what stands before the head's slot, between the slots and after the body's."""

    root: str
    top: str
    middle: str
    bottom: str


def root_of(path: str) -> str:
    """The relative way from a page's address back to the site's: `papers/x/` gives `../../`, the home page `./`."""
    return "../" * path.count("/") or "./"


class Templates:
    """The one way templates are read: everything escaped, nothing undefined, one filter `tex` for the texts of papers.

    `tojson` leaves no `<`, `>` or `&` in what it writes, so that no text can end the script that holds it.
    """

    def __init__(self, site: Site, folder: Path = TEMPLATES) -> None:
        self.fragments = frozenset(f.stem for f in (folder / "fragments").glob("*.html"))
        self._env = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
        self._env.globals.update(site=site, cut=Markup(_CUT))  # noqa: S704 - a constant
        self._env.filters["tex"] = lambda text: Markup(tex(text))  # noqa: S704 - math.tex escapes; that is its contract

    def parts(self, page: Page) -> tuple[str, str]:
        """The head and the body of a page."""
        text = self._env.get_template(page.template).render(page.context, path=page.path, root=root_of(page.path))
        head, cut, body = text.partition(_CUT)
        if not cut or _CUT in body:
            raise BrokenInvariant(f"{page.template} must extend page.html, and no text may hold a NUL: /{page.path}")
        return head.strip(), body.strip()

    def fragment(self, name: str, path: str, context: Mapping[str, Any]) -> str:
        """A generated piece of the hand-written page at `path`, from `fragments/<name>.html`."""
        return self._env.get_template(f"fragments/{name}.html").render(context, path=path, root=root_of(path)).strip()


def framed(page: Page, head: str, body: str, frame: Frame) -> bytes:
    """The whole page, ready to be written; BrokenInvariant unless the frame comes from the same depth."""
    if frame.root != root_of(page.path):
        raise BrokenInvariant(f"/{page.path} does not lie as deep as the shell of {page.family!r}")
    return f"{frame.top}{head}{frame.middle}{body}{frame.bottom}".encode()
