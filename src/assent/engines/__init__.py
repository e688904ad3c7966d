"""Where SQL runs. `protocol` says what an engine must do; `duckdb` does it on one machine."""

from assent.engines.duckdb import open_duckdb
from assent.engines.protocol import Engine

__all__ = ["Engine", "open_duckdb"]
