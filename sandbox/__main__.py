"""`python -m sandbox`: the demo network with its brand, its week of history and its customers.

Prints one JSON line when it listens: `{"x": {"api_base_url", "address", "credentials", "page"}}`.
"""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from sandbox import brand
from sandbox.arrivals import Arrivals, Pace
from sandbox.server import Server
from sandbox.x.store import StateError
from sandbox.x.world import World

STEP_S = 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Simulated networks for the demo.")
    parser.add_argument("--host", default="127.0.0.1", help="interface to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the network there over restarts")
    parser.add_argument("--seed", type=int, default=1, help="the same number tells the same week")
    parser.add_argument("--no-arrivals", action="store_true", help="nobody writes but you")
    parser.add_argument("--every", type=float, nargs=2, default=(20, 60), metavar=("MIN", "MAX"), help="seconds")
    parser.add_argument("--per-hour", type=int, default=90, help="acts of made-up customers at most")
    asked = parser.parse_args()
    if not 0 < asked.every[0] <= asked.every[1]:
        parser.error("--every takes two numbers of seconds, the smaller first")
    if not 0 <= asked.port < 65536:
        parser.error("--port is a number from 0 to 65535")
    return asked


def connection(world: World) -> dict[str, object]:
    """What the product needs to connect the brand's account."""
    return {
        "x": {
            "api_base_url": world.base_url,
            "address": f"@{brand.USERNAME}",
            "credentials": world.connect(brand.USERNAME, "oauth1"),
            "page": f"{world.base_url}/",
        }
    }


def main() -> int:
    asked = arguments()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        world = World(asked.state, asked.seed)
    except StateError as error:
        print(error, file=sys.stderr)
        return 1
    brand.seed(world)
    arrivals = (
        None
        if asked.no_arrivals
        else Arrivals(world, brand.USERNAME, Pace(tuple(asked.every), per_hour=asked.per_hour))
    )
    with Server(world, asked.host, asked.port, brand=brand.USERNAME, connection=lambda: connection(world)):
        print(json.dumps(connection(world)), flush=True)
        while not stopped.wait(STEP_S):
            if arrivals:
                arrivals.step()
    world.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
