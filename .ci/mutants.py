"""Change `validation/` in small ways, one at a time, and say which changes its tests do not notice.

python .ci/mutants.py MODULE [MODULE ...] [--ending 7]     # MODULE as robust; --ending 7: every tenth change

Works on a copy in dist/mutants, with the mutmut of .venv/mutants. Prints each change that survived, and last a line for
each module. What survived when it was last run, and why: docs/mutants.md.
"""

import argparse
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "dist" / "mutants"
MUTMUT = ROOT / ".venv" / "mutants" / "bin" / "mutmut"
TAKEN = ("validation", "storage", "tests/validation", "tests/conftest.py", "tests/own_server.py", "pyproject.toml")
"""What those tests import."""

SETTINGS = """
[tool.mutmut]
source_paths = ["validation"]
only_mutate = [{modules}]
also_copy = ["storage"]
pytest_add_cli_args = ["-p", "no:randomly", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = ["tests/validation"]
track_dependencies = false
"""


def main() -> int:
    """Run it; 1 where a module has no tests at all."""
    options = _options()
    _copy(options.modules)
    names = [f"validation.{module}.*__mutmut_*{options.ending}" for module in options.modules]
    subprocess.run([MUTMUT, "run", "--max-children", str(options.processes), *names], cwd=COPY, check=False)
    fates: dict[str, Counter[str]] = {module: Counter() for module in options.modules}
    for name, fate in _results():
        if name.rpartition("_")[2].endswith(options.ending):
            fates[name.split(".")[1]][fate] += 1
            if fate == "survived":
                print(f"\n{name}\n{_change(name)}")
    print()
    for module, count in fates.items():
        print(f"{module}: {count.total()} changes, " + ", ".join(f"{n} {fate}" for fate, n in count.most_common()))
    return int(any(not count["killed"] for count in fates.values()))


def _copy(modules: list[str]) -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    for name in TAKEN:
        source, target = ROOT / name, COPY / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    files = ", ".join(f'"validation/{module}.py"' for module in modules)
    with (COPY / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(modules=files))


def _results() -> list[tuple[str, str]]:
    """List each change with what became of it."""
    said = _ask("results", "--all", "true")
    return [(name, fate.strip()) for name, colon, fate in (line.strip().partition(": ") for line in said) if colon]


def _change(name: str) -> str:
    """Show the lines that a change takes away and puts in."""
    return "\n".join(
        line for line in _ask("show", name) if line[:1] in "+-" and not line.startswith(("+++", "---"))
    )  # fmt: skip


def _ask(*arguments: str) -> list[str]:
    done = subprocess.run([MUTMUT, *arguments], cwd=COPY, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Which changes do the tests of validation/ not notice?")
    parser.add_argument("modules", nargs="+", metavar="MODULE", help="of validation/, as robust")
    parser.add_argument("--ending", default="", help="only changes whose number ends so: 7 is every tenth")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
