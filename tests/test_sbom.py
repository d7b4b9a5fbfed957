"""The list of parts that `make sbom` writes: every package that is pinned, and valid by the schema."""

import json
import re
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[1]


def test_every_pinned_package_is_listed(tmp_path: Path) -> None:
    """Each pin of constraints.txt and of package-lock.json is a component with its version and a hash, and no other."""
    out = tmp_path / "sbom.json"
    subprocess.run([sys.executable, ".ci/sbom.py", str(out)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    document = json.loads(out.read_text())
    listed = {(each["name"].lower().replace("_", "-"), each["version"]) for each in document["components"]}
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    packages = json.loads((ROOT / "api/web/package-lock.json").read_text())["packages"]
    bundled = {(path.rpartition("node_modules/")[2], each["version"]) for path, each in packages.items() if path}
    assert listed == {(name.lower().replace("_", "-"), version) for name, version in pins} | bundled
    assert document["metadata"]["component"]["name"] == "luchtbrug"
    assert all("hashes" in each or "externalReferences" in each for each in document["components"])


def test_the_schema_refuses_what_is_no_list() -> None:
    """The check that `make sbom` relies on does refuse: a component without a name is not valid."""
    wrong = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library"}]}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(wrong)) is not None
