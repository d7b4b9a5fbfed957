"""Themes: complete, readable, and refused with a sentence where they are not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings
from api.web.theme import ThemeError, contrast, load_theme
from tests import patient


def test_the_page_takes_name_contact_logo_and_colours_of_a_theme(
    tmp_path: Path, town_url: str, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """What a municipality writes is on every page; what it leaves out stays as it was."""
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    file = tmp_path / "stad.toml"
    file.write_text(
        'logo = "logo.svg"\n[name]\nnl = "Lucht in de stad"\n[contact]\nname = "Team lucht"\n'
        'email = "lucht@stad.example"\n[light]\nbrand = "#00572c"\n'
    )
    with serve(create_app(ApiSettings(database_url=SecretStr(town_url), theme=file))) as url:
        html = patient.get(f"{url}/about").text
        styles = patient.get(f"{url}/theme.css").text
        logo = patient.get(f"{url}/theme/logo")
        kept = [patient.get(f"{url}{each}").headers["cache-control"] for each in ("/theme.css?v=1", "/theme.css")]
        assert "Lucht in de stad" in html
        assert "mailto:lucht@stad.example" in html
        assert "luchtbrug</title>" in patient.get(f"{url}/about?lang=en").text
    assert ["immutable" in each for each in kept] == [True, False]  # only an address with a hash is for ever
    assert "--brand: #00572c;" in styles
    assert "--ink: #16232b;" in styles
    assert "prefers-color-scheme: dark" in styles
    assert logo.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in logo.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[light]\nbrand = 'blue'", "light.brand = 'blue': must be a colour as #0b4f6c"),
        ("[dark]\nbrnad = '#000000'", "dark.brnad is no colour of the page"),
        ("[light]\nink = '#dddddd'", "light.ink = #dddddd on light.paper = #ffffff has a contrast of 1.4: 1"),
        ("logo = '../secret.svg'", "logo = '../secret.svg'"),
        ("logo = 'gone.svg'", "there is no such file beside it"),
        ("font = 'x; } body { display: none'", "font ="),
        ("[name]\nfr = 'Pont'", "name.fr"),
        ("[contact]\nname = 'x'\nemail = 'nobody'", "contact.email = 'nobody'"),
        ("brand = ", "is not TOML"),
    ],
)
def test_a_wrong_theme_is_refused_with_entry_value_and_bound(tmp_path: Path, text: str, said: str) -> None:
    """Who wrote it learns what to change."""
    file = tmp_path / "theme.toml"
    file.write_text(text)
    with pytest.raises(ThemeError) as caught:
        load_theme(file)
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_theme_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A slip in the setting ends the start, not the first page."""
    with pytest.raises(ThemeError, match="cannot be read"):
        load_theme(tmp_path / "none.toml")


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21, a colour on itself 1, and #777777 on white just misses 4.5."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == 1
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
