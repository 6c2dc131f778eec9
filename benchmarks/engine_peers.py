"""The models of benchmarks/engines.py as other libraries' users write them.

    python benchmarks/engine_peers.py ENGINE CUSTOMERS SEED
    python benchmarks/engine_peers.py prosimos MODEL.bpmn PARAMETERS.json CASES SEED LOG.csv

Run by the Python of the peers' environment (see benchmarks/engines.py); imports nothing of this project.
Prints one JSON line: processor seconds of all threads and wall seconds from a model written down to its
results, and the results.

The queue is M/M/3 at a load of 90 %: a service takes a minute on average, people come every 1/2.7 minutes.
Each library draws its own random numbers. A function takes the number of customers and the seed, and gives
the mean wait in minutes and the number of customers it was taken over.
"""

from __future__ import annotations

import heapq
import json
import random
import sys
import time
from collections import deque
from collections.abc import Callable
from importlib import metadata
from typing import Any

SERVERS, LOAD, SERVICE_MINUTES = 3, 0.9, 1.0
PER_MINUTE = LOAD * SERVERS / SERVICE_MINUTES
MOST_REPEATS, ENOUGH_SECONDS = 5, 1.0
START = "2026-01-05T09:00:00.000000+00:00"  # of the model of Prosimos: a Monday

Result = dict[str, float]
Row = tuple[float, float, float]  # came, start, end


def result(rows: list[Row]) -> Result:
    """The mean wait of rows written down, a row a customer."""
    return {"mean_wait": sum(start - came for came, start, _ in rows) / len(rows), "units": len(rows)}


def simpy_by_hand(customers: int, seed: int) -> Result:
    """As in the bank example of SimPy's documentation: a process a customer, a resource of three."""
    import simpy

    draw, rows = random.Random(seed).expovariate, []
    environment = simpy.Environment()
    servers = simpy.Resource(environment, capacity=SERVERS)

    def customer() -> Any:
        came = environment.now
        with servers.request() as turn:
            yield turn
            start = environment.now
            yield environment.timeout(draw(1 / SERVICE_MINUTES))
        rows.append((came, start, environment.now))

    def arrivals() -> Any:
        for _ in range(customers):
            yield environment.timeout(draw(PER_MINUTE))
            environment.process(customer())

    environment.process(arrivals())
    environment.run()
    return result(rows)


def heapq_by_hand(customers: int, seed: int) -> Result:
    """No library: a heap of what is due, a queue, and two kinds of events."""
    draw, push, pop = random.Random(seed).expovariate, heapq.heappush, heapq.heappop
    line: deque[float] = deque()
    free, to_come = SERVERS, customers - 1
    rows: list[Row] = []
    agenda: list[tuple[float, bool, float, float]] = [(draw(PER_MINUTE), False, 0.0, 0.0)]
    while agenda:
        now, ends, came, start = pop(agenda)
        if not ends:
            if to_come:
                to_come -= 1
                push(agenda, (now + draw(PER_MINUTE), False, 0.0, 0.0))
            if free:
                free -= 1
                push(agenda, (now + draw(1 / SERVICE_MINUTES), True, now, now))
            else:
                line.append(now)
            continue
        rows.append((came, start, now))
        if line:
            push(agenda, (now + draw(1 / SERVICE_MINUTES), True, line.popleft(), now))
        else:
            free += 1
    return result(rows)


def ciw(customers: int, seed: int) -> Result:
    """A network of one node; Ciw keeps a record a customer, of 18 fields."""
    import ciw as library

    library.seed(seed)
    network = library.create_network(
        arrival_distributions=[library.dists.Exponential(rate=PER_MINUTE)],
        service_distributions=[library.dists.Exponential(rate=1 / SERVICE_MINUTES)],
        number_of_servers=[SERVERS],
    )
    simulation = library.Simulation(network)
    simulation.simulate_until_max_customers(customers)
    records = simulation.get_all_records()
    return result([(r.arrival_date, r.service_start_date, r.service_end_date) for r in records])


def salabim(customers: int, seed: int) -> Result:
    """A component a customer, a resource of three; salabim keeps statistics of queues besides."""
    import salabim as library

    library.yieldless(False)
    draw, rows = random.Random(seed).expovariate, []
    environment = library.Environment(trace=False, yieldless=False)

    class Customer(library.Component):
        def process(self) -> Any:
            came = environment.now()
            yield self.request(servers)
            start = environment.now()
            yield self.hold(draw(1 / SERVICE_MINUTES))
            self.release()
            rows.append((came, start, environment.now()))

    class Arrivals(library.Component):
        def process(self) -> Any:
            for _ in range(customers):
                yield self.hold(draw(PER_MINUTE))
                Customer()

    servers = library.Resource("servers", capacity=SERVERS)
    Arrivals()
    environment.run()
    return result(rows)


def cimba(model: str) -> Callable[[int, int], Result]:
    """One of the models of benchmarks/engine_peers_cimba.py."""

    def run(customers: int, seed: int) -> Result:
        import engine_peers_cimba

        return getattr(engine_peers_cimba, model)(customers, seed)

    return run


QUEUES: dict[str, Callable[[int, int], Result]] = {
    "simpy": simpy_by_hand,
    "heapq": heapq_by_hand,
    "ciw": ciw,
    "salabim": salabim,
    "cimba_servers": cimba("run_servers"),
    "cimba_records": cimba("run_records"),
    "cimba_customers": cimba("run_customers"),
}


def prosimos(model: str, parameters: str, cases: int, seed: int, log: str) -> Result:
    """Prosimos' simulation of so many cases; reads both files and writes the log, a line a finished task."""
    import random as chance

    import numpy as np
    from prosimos.simulation_engine import run_simulation

    np.random.seed(seed)  # scipy's and the gateways' draws come from here
    chance.seed(seed)
    run_simulation(model, parameters, cases, log_out_path=log, starting_at=START)
    return {}


def repeated(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """The result of a call, the seconds of the first (`first_cpu`), and the least of several (`cpu`, `wall`).

    An experiment runs one replication after another in a process; what takes less than a second is repeated
    like that, up to five times.
    """
    cpus: list[float] = []
    walls: list[float] = []
    found: Any = None
    while not cpus or (len(cpus) < MOST_REPEATS and sum(cpus) < ENOUGH_SECONDS):
        found = None  # its memory is there for the next
        cpu, wall = time.process_time(), time.perf_counter()
        found = work()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return found, {"cpu": min(cpus), "wall": min(walls), "first_cpu": cpus[0]}


def version(library: str) -> str:
    """Of an installed library, or of Python for what needs none."""
    return sys.version.split()[0] if library == "heapq" else metadata.version(library)


def main(arguments: list[str]) -> None:
    engine = arguments[0]
    library = engine.partition("_")[0]
    if engine == "prosimos":
        model, parameters, cases, seed, log = arguments[1:]
        prosimos(model, parameters, 1, 0, log)  # imports are no part of the run
        found, seconds = repeated(lambda: prosimos(model, parameters, int(cases), int(seed), log))
    else:
        customers, seed = int(arguments[1]), int(arguments[2])
        QUEUES[engine](1000, seed)  # imports and compilation are no part of the run
        found, seconds = repeated(lambda: QUEUES[engine](customers, seed))
    print(json.dumps({**found, **seconds, "version": version(library)}))


if __name__ == "__main__":
    main(sys.argv[1:])
