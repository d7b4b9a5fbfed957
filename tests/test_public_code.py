"""What public code brings along: its description for catalogues, one version everywhere, a release by one command."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from luchtbrug import __version__

ROOT = Path(__file__).resolve().parents[1]
PUBLIC: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text())


CATEGORIES = """
accounting agile-project-management applicant-tracking application-development appointment-scheduling backup
billing-and-invoicing blog budgeting business-intelligence business-process-management cad call-center-management
cloud-management collaboration communications compliance-management contact-management content-management crm
customer-service-and-support data-analytics data-collection data-visualization digital-asset-management
digital-citizenship document-management donor-management e-commerce e-signature geographic-information-systems
it-development knowledge-management learning-management-system online-community predictive-analysis productivity-suite
project-collaboration survey web-collaboration workflow-management
"""
SCOPES = """
agriculture culture defence education emergency-services employment energy environment finance-and-economic-development
foreign-affairs government healthcare infrastructures justice local-authorities manufacturing research
science-and-technology security society sport tourism transportation welfare
"""
"""Words that the standard allows (docs/standard/categories-list.rst, in part, and scope-list.rst of its repository)."""


def test_publiccode_has_what_the_standard_demands() -> None:
    """The keys that version 0.5 demands are there, words are of its lists, texts have the lengths that catalogues take.

    The rules are those that italia/publiccode-parser-go applies to version 0; the program itself was not at hand.
    """
    mandatory = {
        "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description", "legal",
        "maintenance", "localisation",
    }  # fmt: skip
    assert mandatory <= PUBLIC.keys()
    assert PUBLIC["publiccodeYmlVersion"] == "0.5"
    assert set(PUBLIC["categories"]) <= set(CATEGORIES.split())
    assert set(PUBLIC["intendedAudience"]["scope"]) <= set(SCOPES.split())
    assert PUBLIC["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert (PUBLIC["softwareType"], PUBLIC["maintenance"]["type"]) == ("standalone/web", "community")
    assert PUBLIC["maintenance"]["contacts"][0]["name"]
    assert set(PUBLIC["localisation"]["availableLanguages"]) == set(PUBLIC["description"]) == {"nl", "en"}
    for text in PUBLIC["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]


def test_every_placeholder_of_an_address_is_listed() -> None:
    """The files with an address of the project's own that is none yet are those that docs/public-code.md names."""
    listing = (ROOT / "docs/public-code.md").read_text(encoding="utf-8").split("\n### ")[1].split("\n## ")[0]
    named = {name for row in listing.splitlines() for name in re.findall(r"`([\w/.]+\.\w+)`", row.split(" | ")[0])}
    address = r"registry\.example\.org/|//example\.org/luchtbrug|luchtbrug@example\.org"
    command = ["git", "grep", "-lE", address, "--", ".", ":!tests", ":!docs/*.md"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert named == set(found)


def test_one_version_stands_everywhere() -> None:
    """What the package, the catalogue entry and the citation call themselves is the same."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    image = re.search(r"image: luchtbrug:(\S+)", (ROOT / "docker-compose.yml").read_text())
    assert image is not None
    cluster = yaml.safe_load((ROOT / "docs/deploy/kubernetes/kustomization.yaml").read_text())["images"][0]["newTag"]
    said = {PUBLIC["softwareVersion"], citation["version"], image[1], __version__, cluster}
    assert said == {package["version"]}
    assert package["license"] == PUBLIC["legal"]["license"] == citation["license"] == "EUPL-1.2"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a repository with the files that a release changes."""
    names = (
        "CHANGELOG.md", "CITATION.cff", "publiccode.yml", "pyproject.toml", "docker-compose.yml", ".ci/release",
        "luchtbrug/__init__.py", "README.md", "docs/deploy/kubernetes/kustomization.yaml",
    )  # fmt: skip
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=tmp_path, env=_author(), check=True, capture_output=True)
    return tmp_path


def test_a_release_is_one_command_up_to_the_tag(checkout: Path) -> None:
    """The version stands everywhere, the changelog has its section, the tag is made; the same again is refused."""
    done = _release(checkout, "0.9.3")
    assert done.returncode == 0, done.stderr
    tags = subprocess.run(["git", "tag"], cwd=checkout, capture_output=True, text=True, check=True)
    assert tags.stdout.split() == ["v0.9.3"]
    for name, line in {
        "pyproject.toml": 'version = "0.9.3"', "publiccode.yml": 'softwareVersion: "0.9.3"',
        "luchtbrug/__init__.py": '__version__ = "0.9.3"', "README.md": "Version 0.9.3",
        "docs/deploy/kubernetes/kustomization.yaml": "newTag: 0.9.3}]",
        "CITATION.cff": "version: 0.9.3", "docker-compose.yml": "image: luchtbrug:0.9.3", "CHANGELOG.md": "## 0.9.3, ",
    }.items():  # fmt: skip
        assert line in (checkout / name).read_text(), name
    again = _release(checkout, "0.9.3")
    assert again.returncode != 0
    assert "v0.9.3 exists already" in again.stderr


@pytest.mark.parametrize(("version", "said"), [("1.0", "not a semantic version"), ("", "which version")])
def test_a_release_without_a_version_says_what_is_wanted(checkout: Path, version: str, said: str) -> None:
    """A slip of the pen does not become a tag."""
    done = _release(checkout, version)
    assert done.returncode != 0
    assert said in done.stderr


def test_a_release_of_unsaved_work_is_refused(checkout: Path) -> None:
    """What is tagged is what is committed."""
    (checkout / "CHANGELOG.md").write_text("something else")
    done = _release(checkout, "0.9.3")
    assert done.returncode != 0
    assert "not committed" in done.stderr


def test_a_dry_run_shows_what_would_change_and_keeps_nothing(checkout: Path) -> None:
    """Who tries a release out sees the new numbers, and has the same checkout as before."""
    done = _release(checkout, "0.9.3", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert '+version = "0.9.3"' in done.stdout
    left = [
        subprocess.run(["git", *command], cwd=checkout, capture_output=True, text=True, check=True).stdout
        for command in (["status", "--porcelain"], ["tag"])
    ]
    assert left == ["", ""]


def _release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = _author() | {"SKIP_CHECKS": "1"}
    return subprocess.run(
        [".ci/release", *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def _author() -> dict[str, str]:
    names = {
        f"GIT_{role}_{what}": "tests@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    return {**os.environ, **names}


def test_the_assessment_adds_up_and_its_evidence_is_here() -> None:
    """The numbers above are those of the tables below, and every file that is called evidence exists."""
    head, *parts = (ROOT / "docs" / "public-code.md").read_text(encoding="utf-8").split("\n## ")
    for part in parts:
        met = re.findall(r"^\| ([MS]) \| .*? \| (yes|no|partly) \|", part, re.MULTILINE)
        count = {kind: [answer == "yes" for each, answer in met if each == kind] for kind in "MS"}
        cells = [f"{sum(found)} of {len(found)}" if found else "" for found in count.values()]
        assert f"| {part.splitlines()[0]} | {' | '.join(cells)} |".replace("|  |", "| |") in head
        named = re.findall(r"`((?:api|tests|validation|\.ci|LICENSES)/[^` ]*)`", part)
        assert [name for name in named if not (ROOT / name).exists()] == []
