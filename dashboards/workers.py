"""Where the replications of a command run, and what an interruption does to them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import typer

from mining.text import Language, Text

INTERRUPTED = 130  # exit code of a command ended by Ctrl-C


@contextmanager
def worker_pool(workers: int, engine: str, language: Language) -> Iterator[Executor | None]:
    """Threads for an engine that lets others run meanwhile, processes for SimPy's; None for one of those.

    Processes are spawned on every system alike, so that Windows and Linux behave the same. Ctrl-C ends the
    command at once, with one sentence: replications under way cannot be stopped and are not waited for.
    """
    from simulation.simulate import SIDE_BY_SIDE

    executor: Executor | None = None
    if engine in SIDE_BY_SIDE:
        executor = ThreadPoolExecutor(workers)
    elif workers > 1:
        executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield executor
    except KeyboardInterrupt:
        _end_at_once(language)
    finally:
        if executor is not None:
            executor.shutdown(cancel_futures=True)


def _end_at_once(language: Language) -> None:
    text = Text(zh="已中断，没有结果。", en="Interrupted; there is no result.")
    typer.echo(text.in_language(language), err=True)
    os._exit(INTERRUPTED)
