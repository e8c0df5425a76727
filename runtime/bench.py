"""`bin/bench`: the benchmarks on real servers of their own."""

from typing import NoReturn

from runtime.throwaway import become


def main(arguments: list[str]) -> NoReturn:
    become("bench", *arguments)
