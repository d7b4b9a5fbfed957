"""Tables of others as text: the encodings, separators and marks that spreadsheets leave in their CSV."""

import csv
from collections.abc import Iterator
from io import StringIO

SEPARATORS = ";,\t"


def text_of(content: bytes) -> str:
    """Read UTF-8 with or without a byte order mark, and what is no UTF-8 as Excel writes it on Windows."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def separator_of(text: str) -> str:
    """Choose what stands most often in the first line."""
    head = text.partition("\n")[0]
    return max(SEPARATORS, key=head.count)


def lines_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each line that is not empty with its number, from 1; a line `sep=;` only says what separates.

    Raises csv.Error for what cannot be divided into cells.
    """
    skipped = 0
    if text[:4].lower() == "sep=":
        text, skipped = text.partition("\n")[2], 1
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator_of(text))
    begin = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begin + skipped, [cell.strip() for cell in cells]
        begin = reader.line_num + 1
