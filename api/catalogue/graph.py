"""The catalogue as a graph by DCAT-AP-NL 3.0; concepts carry their labels, for whoever checks it follows no links."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from api.catalogue.entries import DATASETS, DESCRIPTION, SERVICES, TITLE, Dataset, Distribution, Service, Words
from api.settings import ApiSettings

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority/"
PUBLIC = URIRef(EU + "access-right/PUBLIC")
ENVIRONMENT = URIRef(EU + "data-theme/ENVI")
LICENSE = URIRef("http://creativecommons.org/publicdomain/zero/1.0/")
LANGUAGES = (URIRef(EU + "language/NLD"), URIRef(EU + "language/ENG"))
NETHERLANDS = URIRef(EU + "country/NLD")
IANA = "https://www.iana.org/assignments/media-types/"

LABELS: dict[URIRef, Words] = {
    PUBLIC: ("openbaar", "public"),
    ENVIRONMENT: ("Milieu", "Environment"),
    NETHERLANDS: ("Nederland", "Netherlands"),
}

CRS84 = URIRef("http://www.opengis.net/def/crs/OGC/1.3/CRS84")

RANGES: Mapping[URIRef, URIRef] = {
    DCTERMS.accessRights: DCTERMS.RightsStatement,
    DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
    DCTERMS.conformsTo: DCTERMS.Standard,
    DCTERMS["format"]: DCTERMS.MediaTypeOrExtent,
    DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS.license: DCTERMS.LicenseDocument,
    DCTERMS.spatial: DCTERMS.Location,
    DCAT.landingPage: FOAF.Document,
    DCAT.mediaType: DCTERMS.MediaType,
    FOAF.homepage: FOAF.Document,
    FOAF.page: FOAF.Document,
}
"""What the values of a property must be, said of each: a checker that follows no links does not know it otherwise."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is: the box around all stations [degrees] and since when; None without any; and the nightly files."""

    box: tuple[float, float, float, float] | None
    since: datetime | None
    nightly: bool = False


class Catalogue:
    """Builds the graph; addresses are below `base`, without a slash at the end."""

    def __init__(self, base: str, settings: ApiSettings, extent: Extent) -> None:
        self.graph = Graph()
        self._base, self._settings, self._extent = base, settings, extent
        for prefix, namespace in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("vcard", VCARD), ("skos", SKOS)):
            self.graph.bind(prefix, namespace)
        self._publisher = URIRef(settings.publisher_uri or f"{base}/catalog#publisher")
        self._contact = URIRef(f"{base}/catalog#contact")

    def build(self) -> Graph:
        """Add everything and give the graph."""
        catalogue = URIRef(f"{self._base}/catalog")
        self._agents()
        self._described(catalogue, DCAT.Catalog, TITLE, DESCRIPTION)
        self._add(catalogue, DCTERMS.license, LICENSE)
        self._add(catalogue, FOAF.homepage, self._at("/"))
        for language in LANGUAGES:
            self._add(catalogue, DCTERMS.language, language)
        for dataset in DATASETS:
            self._add(catalogue, DCAT.dataset, self._dataset(dataset))
        for service in SERVICES:
            self._add(catalogue, DCAT.service, self._service(service))
        for concept, words in LABELS.items():
            self._add(concept, RDF.type, SKOS.Concept)
            self._say(concept, SKOS.prefLabel, words)
        return self.graph

    def _agents(self) -> None:
        self._add(self._publisher, RDF.type, FOAF.Agent)
        self._add(self._publisher, FOAF.name, Literal(self._settings.publisher_name))
        self._add(self._contact, RDF.type, VCARD.Kind)
        self._add(self._contact, VCARD.fn, Literal(self._settings.contact_name))
        self._add(self._contact, VCARD.hasEmail, URIRef(f"mailto:{self._settings.contact_email}"))
        self._add(self._contact, VCARD.hasURL, URIRef(self._settings.contact_url))

    def _dataset(self, dataset: Dataset) -> URIRef:
        node = self._named("dataset", dataset.name)
        self._described(node, DCAT.Dataset, dataset.title, dataset.description)
        self._published(node)
        self._add(node, DCTERMS.accrualPeriodicity, URIRef(EU + f"frequency/{dataset.frequency}"))
        self._add(node, DCAT.landingPage, self._at("/"))
        self._add(node, FOAF.page, self._at("/catalog/data-sheet"))
        for language in LANGUAGES:
            self._add(node, DCTERMS.language, language)
        for keyword in dataset.keywords:
            self._say(node, DCAT.keyword, keyword)
        self._where_and_when(node)
        self._add(node, DCTERMS.conformsTo, CRS84)
        for distribution in dataset.distributions:
            if self._extent.nightly or not distribution.nightly:
                self._add(node, DCAT.distribution, self._distribution(distribution))
        return node

    def _where_and_when(self, node: URIRef) -> None:
        self._add(node, DCTERMS.spatial, NETHERLANDS)
        if self._extent.box is not None:
            place = BNode(f"place-{node.split('/')[-1]}")
            west, south, east, north = self._extent.box
            box = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
            self._add(node, DCTERMS.spatial, place)
            wkt = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
            self._add(place, DCAT.bbox, Literal(box, datatype=wkt))
        if self._extent.since is not None:
            time = BNode(f"time-{node.split('/')[-1]}")
            self._add(node, DCTERMS.temporal, time)
            self._add(time, RDF.type, DCTERMS.PeriodOfTime)
            self._add(time, DCAT.startDate, Literal(self._extent.since.date().isoformat(), datatype=XSD.date))

    def _distribution(self, found: Distribution) -> URIRef:
        node = self._named("distribution", found.name)
        self._add(node, RDF.type, DCAT.Distribution)
        self._say(node, DCTERMS.title, found.title)
        self._add(node, DCAT.accessURL, self._at(found.path))
        if found.download:
            self._add(node, DCAT.downloadURL, self._at(found.download))
        schema = self._at(found.schema) if found.schema.startswith("/") else URIRef(found.schema)
        self._add(node, DCTERMS.conformsTo, schema)
        self._add(node, DCAT.accessService, self._named("service", found.service))
        self._add(node, DCTERMS.license, LICENSE)
        self._add(node, DCAT.mediaType, URIRef(IANA + found.media_type))
        self._add(node, DCTERMS.format, URIRef(EU + f"file-type/{found.file_type}"))
        for language in LANGUAGES:
            self._add(node, DCTERMS.language, language)
        return node

    def _service(self, service: Service) -> URIRef:
        node = self._named("service", service.name)
        self._described(node, DCAT.DataService, service.title, service.description)
        self._published(node)
        self._add(node, DCTERMS.license, LICENSE)
        self._add(node, DCAT.endpointURL, self._at(service.path))
        self._add(node, DCAT.endpointDescription, self._at(service.described_by))
        self._add(node, DCTERMS.conformsTo, URIRef(service.standard))
        self._add(node, DCTERMS.language, LANGUAGES[1])
        for keyword in service.keywords:
            self._say(node, DCAT.keyword, keyword)
        for name in service.datasets:
            self._add(node, DCAT.servesDataset, self._named("dataset", name))
        return node

    def _described(self, node: URIRef, kind: URIRef, title: Words, description: Words) -> None:
        self._add(node, RDF.type, kind)
        self._say(node, DCTERMS.title, title)
        self._say(node, DCTERMS.description, description)
        self._add(node, DCTERMS.publisher, self._publisher)
        self._add(node, DCTERMS.creator, self._publisher)
        self._add(node, DCAT.contactPoint, self._contact)

    def _published(self, node: URIRef) -> None:
        self._add(node, DCTERMS.identifier, Literal(str(node)))
        self._add(node, DCTERMS.accessRights, PUBLIC)
        self._add(node, DCAT.theme, ENVIRONMENT)

    def _named(self, kind: str, name: str) -> URIRef:
        return self._at(f"/catalog/{kind}/{name}")

    def _at(self, path: str) -> URIRef:
        return URIRef(self._base + path)

    def _say(self, node: Node, predicate: URIRef, words: Words) -> None:
        for text, language in zip(words, ("nl", "en"), strict=True):
            self._add(node, predicate, Literal(text, lang=language))

    def _add(self, node: Node, predicate: URIRef, value: Node) -> None:
        self.graph.add((node, predicate, value))
        if predicate in RANGES:
            self.graph.add((value, RDF.type, RANGES[predicate]))


def serialize(graph: Graph, media_type: str) -> str:
    """Write a graph as Turtle or JSON-LD."""
    return graph.serialize(format="json-ld" if media_type == "application/ld+json" else "turtle")
