"""`bin/test`: the whole suite on real servers of its own."""

from typing import NoReturn

from runtime.throwaway import become

# One process would leave the second core idle; a debugger needs the terminal to itself.
IN_PARALLEL = ("-n2", "--dist=loadfile")


def main(arguments: list[str]) -> NoReturn:
    chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for argument in arguments)
    become("pytest", *(() if chosen else IN_PARALLEL), *arguments)
