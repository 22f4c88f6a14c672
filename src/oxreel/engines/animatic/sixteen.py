"""Arithmetic of 16-bit integers that stays in 16 bits, which is twice as many to a vector register as of floats.

Numba widens every integer to 64 bits; these operations do not, so that the compiler finds the processor's own.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_NARROW, _WIDE = ir.IntType(16), ir.IntType(32)
_SIGNATURE = types.int16(types.int16, types.int16)


def _operation(emit: Callable[[Any, Any, Any], Any]) -> Any:
    """An operation of two int16 that gives one, wrapping around."""

    def typed(_context: Any, one: Any, other: Any) -> Any:  # numba asks for these names by position
        return _SIGNATURE, lambda _target, builder, _called, values: emit(builder, *values)

    return intrinsic(typed)


def _high(builder: Any, one: Any, other: Any) -> Any:
    product = builder.mul(builder.sext(one, _WIDE), builder.sext(other, _WIDE))
    return builder.trunc(builder.ashr(product, _WIDE(16)), _NARROW)


#: The upper half of the product, rounded down.
high = _operation(_high)
add = _operation(lambda builder, one, other: builder.add(one, other))
sub = _operation(lambda builder, one, other: builder.sub(one, other))
mul = _operation(lambda builder, one, other: builder.mul(one, other))
left = _operation(lambda builder, one, other: builder.shl(one, other))
right = _operation(lambda builder, one, other: builder.ashr(one, other))

#: A weight of one.
ONE = 1 << 14
_CENTRE = 1 / 8


def coefficients(even: tuple[tuple[float, ...], ...], odd: tuple[tuple[float, ...], ...]) -> Any:
    """Polynomials of p = q^2 as int16 ones of p - 1/8, in parts of a weight: two of each `even`, three of each `odd`.

    They are handed to a kernel rather than known to it: the compiler would reason about their size and widen all.
    """
    values = []
    for e0, e1 in even:
        values += [e0 + _CENTRE * e1, e1]
    for o0, o1, o2 in odd:
        values += [o0 + _CENTRE * o1 + _CENTRE**2 * o2, o1 + 2 * _CENTRE * o2, o2]
    return np.rint(np.array(values) * ONE).astype(np.int16)


def _place(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    return builder.gep(context.make_array(array_type)(context, builder, array).data, [index])


def _scope(builder: Any) -> Any:
    """What is read by `fetch` is never written by `store`: without that, each run of samples is checked for it."""
    domain = builder.module.add_metadata(["oxreel"])
    return builder.module.add_metadata([builder.module.add_metadata(["fetched", domain])])


def _fetch(_context: Any, array: Any, index: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        sample = builder.load(_place(context, builder, signature.args[0], *values))
        sample.set_metadata("alias.scope", _scope(builder))
        return sample

    return array.dtype(array, index), emit


def _store(_context: Any, array: Any, index: Any, value: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        into, at, sample = values
        stored = builder.store(sample, _place(context, builder, signature.args[0], into, at))
        stored.set_metadata("noalias", _scope(builder))
        return context.get_dummy_value()

    return types.void(array, index, array.dtype), emit


#: `array[index]`, one-dimensional and unchecked, of an array that nothing is stored in meanwhile.
fetch: Any = intrinsic(_fetch)
#: `array[index] = value`, one-dimensional and unchecked.
store: Any = intrinsic(_store)
