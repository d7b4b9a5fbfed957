"""Tables as Parquet or as an Arrow stream, written group by group: the memory that it takes does not grow."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

Encoding = Literal["parquet", "arrow"]

COMPRESSION = "zstd"
LEVEL = 3  # level 9 takes four times as long for 5 % less


def encoded(
    tables: Generator[pa.Table, None, None], schema: pa.Schema, encoding: Encoding
) -> Generator[bytes, None, None]:
    """Yield a file's bytes, a part for each table; without any table it is a file with columns and no rows."""
    sink = _Sink()
    writer = WRITERS[encoding](sink, schema)
    with closing(tables):
        for table in tables:
            writer.write_table(table)
            yield sink.taken()
    writer.close()
    yield sink.taken()


def parquet_writer(sink: Any, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a Parquet file (zstd) on a path or a file; each `write_table` is a row group."""
    return pq.ParquetWriter(
        sink,
        schema,
        compression=COMPRESSION,
        compression_level=LEVEL,
        coerce_timestamps="us",
        write_page_index=True,
    )


def arrow_writer(sink: Any, schema: pa.Schema) -> pa.ipc.RecordBatchStreamWriter:
    """Open an Arrow IPC stream on a file."""
    return pa.ipc.new_stream(sink, schema)


WRITERS: Mapping[Encoding, Callable[[Any, pa.Schema], Any]] = {"parquet": parquet_writer, "arrow": arrow_writer}


class _Sink:
    """A file that only the writer writes to, emptied after each group."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Do nothing: what was written is here."""

    def close(self) -> None:
        """Do nothing: the reader takes the rest."""

    def taken(self) -> bytes:
        """Hand over what was written since."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found
