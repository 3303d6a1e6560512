"""What rules allow of a measure: numbers from an interval, perhaps only the multiples of a step. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm

from paramsync.rules import MAX_FLOAT, JsonType, Schema, Side, exact, find_rules

LARGEST = exact(MAX_FLOAT)


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers from `least` to `most` that are multiples of `step`; all between them without a step (0).

    With a step, the ends are multiples of it, too.
    """

    least: Fraction
    most: Fraction
    step: Fraction = Fraction(0)

    @property
    def is_empty(self) -> bool:
        return self.least > self.most

    def limit(self, side: Side, limit: float | Fraction) -> "Interval":
        """Limit it from a side."""
        least, most, step, bound = self.least, self.most, self.step, exact(limit)
        if side == "multiple":
            step = _find_common_multiple(step, bound)
        elif side == "least":
            least = max(least, bound)
        else:
            most = min(most, bound)
        if step:
            least, most = ceil(least / step) * step, floor(most / step) * step
        return Interval(least, most, step)

    def contains(self, number: float | Fraction) -> bool:
        return self.least <= number <= self.most and not (self.step and number % self.step)

    def is_subset_of(self, other: "Interval") -> bool:
        if self.is_empty:
            return True
        if not (other.contains(self.least) and other.contains(self.most)):
            return False
        if self.least == self.most or not other.step:
            return True
        return self.step > 0 and self.step % other.step == 0

    def find_nearest(self, wanted: float) -> Fraction | None:
        """Return its number that is nearest to a wanted one, or the next greater one; None if it is empty."""
        if self.is_empty:
            return None
        bound = exact(wanted)
        at = ceil(bound / self.step) * self.step if self.step else bound
        return min(max(at, self.least), self.most)

    def list_numbers(self, at_most: int) -> list[Fraction] | None:
        """List its numbers, if they are not more than some."""
        if self.least >= self.most:
            return [] if self.is_empty else [self.least]
        if not self.step or (number := (self.most - self.least) // self.step + 1) > at_most:
            return None
        return [self.least + index * self.step for index in range(number)]


def read_interval(schema: Schema, kind: JsonType) -> Interval:
    """Return the measures that the rules of a schema allow to the values of a JSON type."""
    found = NUMBERS if kind == "number" else INTEGERS if kind == "integer" else COUNTS
    for rule in find_rules(schema):
        if rule.limits(kind):
            found = found.limit(rule.side, rule.read_limit(schema))
    return found


def _find_common_multiple(one: Fraction, other: Fraction) -> Fraction:
    """Return the least number that is a multiple of two steps, of which the first may be none."""
    numerator = lcm(one.numerator * other.denominator, other.numerator * one.denominator)
    return Fraction(numerator, one.denominator * other.denominator) if one else other


NUMBERS = Interval(-LARGEST, LARGEST)
INTEGERS = NUMBERS.limit("multiple", 1)
COUNTS = INTEGERS.limit("least", 0)  # of characters, elements or properties
