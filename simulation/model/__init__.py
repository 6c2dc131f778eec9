"""The parts a service model is made of; `simulation.service_model` exports them all."""
