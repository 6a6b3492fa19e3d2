"""Events between processes and a message bus: in memory, and on real brokers that the tests start."""
