"""What a newcomer relies on: packages of this checkout, links that lead somewhere, no path of a machine."""

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("api", "firmware_sim", "ingest", "luchtbrug", "storage", "validation")
TRACKED = [
    ROOT / name
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    if name
]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_from_this_checkout(room: str) -> None:
    """The names are general: another package of that name must not be the one that is tested."""
    file = importlib.import_module(room).__file__
    assert file is not None
    assert Path(file).parent == ROOT / room


@pytest.mark.parametrize("page", [path for path in TRACKED if path.suffix == ".md"], ids=lambda path: path.name)
def test_links_in_documents_lead_somewhere(page: Path) -> None:
    """Every relative link of a document points to a file or folder that is there."""
    links = re.findall(r"\]\((?!reference/)([^)#\s]+)", page.read_text())  # reference/ is made when the site is built
    broken = [link for link in links if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()]
    assert broken == []


def test_only_known_names_stand_at_the_top() -> None:
    """The layout is fixed: a new name at the top is a decision, not an accident."""
    files = {path.relative_to(ROOT).parts[0] for path in TRACKED}
    assert files <= {
        *ROOMS, "tests", "benchmarks", "docs", "LICENSES", ".ci", ".gitignore", ".dockerignore", ".env.example",
        "Makefile", "Dockerfile", "docker-compose.yml", "pyproject.toml", "README.md", "LICENSE",
        "constraints.txt", "constraints-dev.txt", "constraints-node.txt", "mkdocs.yml", "CHANGELOG.md", "CITATION.cff",
        "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "GOVERNANCE.md", "REUSE.toml", "SECURITY.md", "publiccode.yml",
        ".github", ".pre-commit-config.yaml",
    }  # fmt: skip


def test_no_file_is_longer_than_one_reads() -> None:
    """What is written by hand has 400 lines at most: more is two things."""
    written = [path for path in TRACKED if path.suffix in {".py", ".sql", ".html", ".css", ".js"} and path.exists()]
    assert [path.name for path in written if len(path.read_text().splitlines()) > 400] == []


def test_no_function_is_longer_than_one_sees() -> None:
    """What a function of ours does has 40 lines at most; its arguments, as a command's options, do not count."""
    long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in TRACKED
        if path.suffix == ".py" and path.exists() and "tests" not in path.parts
        for node in _functions(ast.parse(path.read_text()))
        if (node.body[-1].end_lineno or 0) - node.body[0].lineno >= 40
    ]
    assert long == []


def _functions(within: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in getattr(within, "body", ()):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        yield from _functions(node)


_NOT_HERE = {
    "a path of one machine": r"(?<![\w.])/(work|root|home/[a-z]\w*|Users/[A-Za-z]\w*)/",
    "a host of packages": r"https?://([\w.-]*\.)?(registry\.npmjs\.org|pypi\.org/simple|files\.pythonhosted\.org)",
    "a key": r"-----BEGIN (\w+ )*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[opsu]_\w{36}\b|\blbk_[\w-]{43}(?![\w-])"
    r"|\beyJ[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}",
    "an address that may be somebody's": r"\b[\w.+-]+@(?!([\w-]+\.)*example\.)[\w-]+(\.[\w-]+)*"
    r"\.(nl|com|org|net|eu|be|de)\b",
    "an invented person": r"(?i)\b(jan jansen|piet pietersen|john doe|jane doe|joe bloggs|max mustermann)\b",
}
"""What no file of a repository that others clone may hold -> how it looks, for `git grep -P`."""


@pytest.mark.parametrize("what", _NOT_HERE)
def test_no_file_holds_what_is_of_one_machine_or_person(what: str) -> None:
    """Paths, hosts of packages, keys, addresses and made-up people stay out; this file names them to find them."""
    command = ["git", "grep", "-InoP", "-e", _NOT_HERE[what], "--", ".", ":!tests/test_repository.py"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (1, ""), found.stderr  # 1: nothing was found


def test_a_commit_is_checked_as_ci_checks_it() -> None:
    """The hook, `make check` and CI run one command: what passes here is what passes there."""
    recipe = subprocess.run(
        ["make", "--no-print-directory", "-n", "check", "ARGS="], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert [hook["entry"] for hook in hooks] == [recipe.splitlines()[-1].strip()]
    assert "\nmake check\n" in (ROOT / ".ci/run").read_text()


def test_every_statement_and_template_is_used() -> None:
    """A file of SQL or HTML that nothing names, whole or by the beginning of an f-string, is gone."""
    rooms = [path for path in TRACKED if path.relative_to(ROOT).parts[0] in ROOMS and path.suffix in {".py", ".html"}]
    code = "\n".join(path.read_text() for path in rooms if path.exists())
    beginnings = tuple(re.findall(r'\bf"(\w+_|about\.)\{', code))
    files = [*ROOT.glob("storage/sql/*.sql"), *ROOT.glob("api/web/templates/*.html")]
    names = [path.stem if path.suffix == ".sql" else path.name for path in files]
    unused = [name for name in names if not name.startswith(beginnings) and f'"{name}"' not in code]
    assert unused == []
