"""The four OpenAPI documents: valid, as the design rules want them, and kept by the running service."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from tests import patient

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SURFACES = {"/v1": "adr.yaml", "/features": "every.yaml", "/openaq/v3": "every.yaml", "/sta/v1.1": "every.yaml"}


@pytest.fixture(scope="module")
def root(client: httpx.Client) -> str:
    """Give the address of the platform."""
    return str(client.base_url).removesuffix("/v1/")


@pytest.fixture(scope="module", params=SURFACES)
def surface(request: pytest.FixtureRequest) -> str:
    """Give the path of each surface."""
    path: str = request.param
    return path


@pytest.fixture
def document(root: str, surface: str) -> dict[str, Any]:
    """Fetch a document as anybody does."""
    found: dict[str, Any] = patient.get(f"{root}{surface}/openapi.json").raise_for_status().json()
    return found


def test_a_document_is_valid(document: dict[str, Any], surface: str) -> None:
    """Each is an OpenAPI 3.1 document, and says where its paths begin."""
    validate(document)
    assert document["servers"] == [{"url": surface}]


@pytest.mark.node
def test_a_document_follows_the_rules(document: dict[str, Any], surface: str, tmp_path: Path) -> None:
    """Spectral finds nothing, of /v1 by the design rules, of the others by what holds for all."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        assert os.environ.get("CI") != "true", "node and npm are missing"
        pytest.skip("node and npm are not installed")
    if not (HERE / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True, timeout=240)
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    program = HERE / "node_modules" / ".bin" / "spectral"
    command = [
        str(program),
        "lint",
        "--quiet",
        "--fail-severity=hint",
        "--ruleset",
        str(HERE / SURFACES[surface]),
        str(file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_service_keeps_its_document(root: str, surface: str) -> None:
    """Schemathesis finds no failure in a short run; docs/api.md has the command of a long one."""
    program = shutil.which("schemathesis", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        assert os.environ.get("CI") != "true", "schemathesis is missing: install the extra `clients`"
        pytest.skip("schemathesis is not installed: it is in the extra `clients`")
    command = [program, "--config-file", str(HERE / "schemathesis.toml"), "run", f"{root}{surface}/openapi.json",
               "--phases=coverage", "--max-examples=1",
               "--seed=1", "--max-time=8", "--request-retries=2"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-4000:]
