"""Points at which a job dies: before or after one of its merges, counted from 1."""

from contextlib import contextmanager

from delta.tables import DeltaMergeBuilder


@contextmanager
def death(merge, when, die):
    execute = DeltaMergeBuilder.execute
    merges = 0

    def execute_or_die(self):
        nonlocal merges
        merges += 1
        if merges == merge and when == "before":
            die()
        execute(self)
        if merges == merge and when == "after":
            die()

    DeltaMergeBuilder.execute = execute_or_die
    try:
        yield
    finally:
        DeltaMergeBuilder.execute = execute
