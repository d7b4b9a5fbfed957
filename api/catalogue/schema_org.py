"""The data sets in the words of schema.org, for the page: search engines of data read them there."""

from typing import Any

import msgspec

from api.catalogue.entries import DATASETS, Dataset
from api.settings import ApiSettings

LICENSE = "https://creativecommons.org/publicdomain/zero/1.0/"


def described(settings: ApiSettings, base: str) -> str:
    """Write the data sets as JSON-LD that may stand in a page: no `<` is in it."""
    graph = [_dataset(found, settings, base) for found in DATASETS]
    text = msgspec.json.encode({"@context": "https://schema.org/", "@graph": graph}).decode()
    return text.replace("<", "\\u003c")


def _dataset(found: Dataset, settings: ApiSettings, base: str) -> dict[str, Any]:
    return {
        "@type": "Dataset",
        "@id": f"{base}/catalog/dataset/{found.name}",
        "name": found.title[0],
        "alternateName": found.title[1],
        "description": found.description[0],
        "inLanguage": ["nl", "en"],
        "keywords": [word for words in found.keywords for word in words],
        "license": LICENSE,
        "isAccessibleForFree": True,
        "url": f"{base}/",
        "creator": {"@type": "Organization", "name": settings.publisher_name},
        "includedInDataCatalog": {"@type": "DataCatalog", "url": f"{base}/catalog"},
        "spatialCoverage": "Nederland",
        "distribution": [
            {
                "@type": "DataDownload",
                "name": one.title[0],
                "encodingFormat": one.media_type,
                "contentUrl": base + (one.download or one.path),
            }
            for one in found.distributions
            if not one.nightly  # the page is made without a look at the files
        ],
    }
