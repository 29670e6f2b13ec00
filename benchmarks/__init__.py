"""What must be fast, measured beside its floor in the same run: `python -m benchmarks [case …]`.

A case is a module with `run(bench) -> Iterable[Figure]`, named in `benchmarks.__main__.CASES`. Benchmarks are
not tests; nothing here fails a build.
"""
