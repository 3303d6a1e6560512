"""What a batch may cost: each request is estimated before it is submitted, and none is submitted that would go over."""

from dataclasses import dataclass, field, replace
from threading import Lock

from .clock import Deadline
from .errors import MaxCostExceeded
from .orders import Order
from .work import Work

ROUNDING = 1e-9  # of a limit: costs are decimal fractions, whose sums as floats are not exact


@dataclass
class Budget:
    """At most `max_cost` creative units, or None: no limit. `promised`: what the orders cost that were submitted, or are about to be."""

    work: Work
    max_cost: float | None
    promised: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    async def promise(self, order: Order, deadline: Deadline) -> Order:
        """Ask what an order costs, and promise that; return the order with its cost. Without a limit, nothing is asked.

        Raises:
            MaxCostExceeded: that is more than is left.

        """
        if self.max_cost is None:
            return order
        cost = (await self.work.estimate_order(order, deadline)).cost
        with self._lock:
            if self.promised + cost > self.max_cost * (1 + ROUNDING):
                raise MaxCostExceeded(order.model_id, cost, self.promised, self.max_cost)
            self.promised += cost
        return replace(order, cost=cost)

    def add(self, cost: float) -> None:
        """Count what was spent before."""
        with self._lock:
            self.promised += cost

    def take_back(self, order: Order) -> None:
        """Take back what was promised to an order, because it has no job and will have none."""
        with self._lock:
            self.promised -= order.cost or 0.0
