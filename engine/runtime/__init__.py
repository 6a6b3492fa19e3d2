"""The imperative shell around the core: the engine, its one writer, its clocks, its workers and its errors."""
