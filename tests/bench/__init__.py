"""Benchmarks: ratios taken in one run on one machine (`make bench`); nothing here is asserted by the test-suite."""
