"""The M/M/3 of benchmarks/engine_peers.py in cimba, whose models are classes compiled before the run.

Three ways: what is served is kept as sums (as in cimba's own benchmark), as three numbers a customer, or as a
process a customer like the SimPy program. Annotations must be values here, not text: cimba reads them.
"""

import cimba as cb
from engine_peers import PER_MINUTE, SERVERS, SERVICE_MINUTES, Result


class Servers(cb.Model):
    """A store of arrival times and three processes that serve; sums alone are kept."""

    customers: cb.Param[int]
    line: cb.Store[float]
    total: float = 0.0
    served: int = 0
    mean_wait: cb.Output[float]
    count: cb.Output[int]

    @cb.process
    def arrivals(self):
        for _ in range(self.customers):
            cb.hold(cb.random.exponential(1 / PER_MINUTE))
            self.line.put(cb.now())

    @cb.process(copies=SERVERS)
    def server(self):
        while True:
            came = self.line.get()
            self.total += cb.now() - came
            self.served += 1
            cb.hold(cb.random.exponential(SERVICE_MINUTES))

    @cb.on_end
    def measure(self):
        self.mean_wait = self.total / self.served
        self.count = self.served


class Records(cb.Model):
    """The same with three numbers written down for each customer, in data sets kept to the end."""

    customers: cb.Param[int]
    line: cb.Store[float]
    came_at: cb.Dataset
    start_at: cb.Dataset
    end_at: cb.Dataset

    @cb.process
    def arrivals(self):
        for _ in range(self.customers):
            cb.hold(cb.random.exponential(1 / PER_MINUTE))
            self.line.put(cb.now())

    @cb.process(copies=SERVERS)
    def server(self):
        while True:
            came = self.line.get()
            start = cb.now()
            cb.hold(cb.random.exponential(SERVICE_MINUTES))
            self.came_at.record(came)
            self.start_at.record(start)
            self.end_at.record(cb.now())


class Customer(cb.Model):
    """One customer: waits for one of the servers, is served, leaves."""

    hall: cb.Ref["Hall"]

    @cb.process
    def live(self):
        came = cb.now()
        self.hall.servers.acquire(1)
        self.hall.total += cb.now() - came
        self.hall.served += 1
        cb.hold(cb.random.exponential(SERVICE_MINUTES))
        self.hall.servers.release(1)
        cb.release(self)


class Hall(cb.Model):
    """A process a customer and a resource of three; sums alone are kept."""

    customers: cb.Param[int]
    servers: cb.Resource = cb.Resource(capacity=SERVERS)
    total: float = 0.0
    served: int = 0
    mean_wait: cb.Output[float]
    count: cb.Output[int]

    @cb.process
    def arrivals(self):
        for _ in range(self.customers):
            cb.hold(cb.random.exponential(1 / PER_MINUTE))
            cb.spawn(Customer, hall=self)

    @cb.on_end
    def measure(self):
        self.mean_wait = self.total / self.served
        self.count = self.served


def run_servers(customers: int, seed: int) -> Result:
    return _sums(Servers(), customers, seed)


def run_customers(customers: int, seed: int) -> Result:
    return _sums(Hall(), customers, seed)


def run_records(customers: int, seed: int) -> Result:
    model = Records()
    for name in ("came_at", "start_at", "end_at"):
        kept = cb.Dataset()
        kept.capture()
        setattr(model, name, kept)
    found = _run(model, customers, seed)
    came, start = found.came_at.trial(0, 0)[1], found.start_at.trial(0, 0)[1]
    return {"mean_wait": float((start - came).mean()), "units": int(came.size)}


def _sums(model: cb.Model, customers: int, seed: int) -> Result:
    found = _run(model, customers, seed)
    return {"mean_wait": float(found.mean_wait[0, 0]), "units": int(found.count[0, 0])}


def _run(model, customers, seed):
    """One replication until nothing more happens, in one thread."""
    model.customers = customers
    experiment = cb.Experiment(model, replications=1, window=cb.Window.until_idle(), seed=seed)
    return experiment.run(workers=1)[model]
