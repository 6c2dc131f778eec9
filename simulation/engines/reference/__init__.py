"""The reference engine, on SimPy: `simpy_engine` runs a program, the other modules are its rules."""
