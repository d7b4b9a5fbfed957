"""Every Thing and Datastream has the form of a JSON Schema, as the validator of others sees it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCHEMAS = Path(__file__).parent / "schemas"


def validate(url: str, entity: str, schema: Path, folder: Path) -> dict[str, int]:
    """Run ogc-sta-validate on all entities of a kind; give its summary. Skip where it is absent, except in CI."""
    program = shutil.which("ogc-sta-validate", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        assert os.environ.get("CI") != "true", "ogc-sta-validate is missing: install the extra `clients`"
        pytest.skip("ogc-sta-schema-validator is not installed: it is in the extra `clients`")
    options = ["--entity-type", entity, "--schema", str(schema)]
    command = [program, "--server-url", url, "validate", *options, "--output-format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder)
    told = re.search(r"^{.*?^}", done.stdout, re.DOTALL | re.MULTILINE)
    assert told is not None, done.stdout + done.stderr
    summary: dict[str, int] = json.loads(told[0])["summary"]
    return summary


@pytest.mark.parametrize("entity", ["Things", "Datastreams"])
def test_entities_have_the_form_of_the_standard(sta_url: str, entity: str, tmp_path: Path) -> None:
    """ogc-sta-schema-validator finds every entity valid, and not so by a schema that asks for more."""
    more = json.loads((SCHEMAS / f"{entity}.json").read_text())
    more["required"] = [*more["required"], "noSuchField"]
    (tmp_path / "more.json").write_text(json.dumps(more))

    found = validate(sta_url, entity, SCHEMAS / f"{entity}.json", tmp_path)
    refused = validate(sta_url, entity, tmp_path / "more.json", tmp_path)

    assert found["valid_entities"] == found["total_entities"] > 2
    assert refused["invalid_entities"] == found["total_entities"]
