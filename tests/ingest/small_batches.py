"""Settings of an ingest under test, in a file that its process can import alone."""

from ingest.settings import IngestSettings


def settings(port: int, database_url: str, *, worker: int = 0) -> IngestSettings:
    """Give settings that make small batches, so that little has to be sent for many of them."""
    return IngestSettings(
        client_id=f"luchtbrug-ingest-{max(worker, 1)}",
        worker=worker,
        database_url=database_url,
        mqtt_host="127.0.0.1",
        mqtt_port=port,
        mqtt_user="ingest",
        mqtt_password="any",
        batch_size=50,
        batch_s=0.1,
        retry_least_s=0.1,
        retry_most_s=0.5,
    )
