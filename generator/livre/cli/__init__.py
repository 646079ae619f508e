"""The command line: reads arguments and the environment, calls one function, prints, sets the exit code."""

from __future__ import annotations

from . import carry, cite, gauge, hand, keep, run, site, tend  # noqa: F401  a command is there once its module is imported
from .shell import main

__all__ = ["main"]
