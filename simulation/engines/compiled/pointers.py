"""Records in memory by address, so that compiled functions share one hall by handing on a single pointer.

A table is a NumPy structured array whose address stands in the hall record; whoever runs the kernel keeps
the array alive. `record_at` gives one row of it, whose fields are read and written like attributes.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import carray, njit, types
from numba.extending import intrinsic

Record = Any  # one row of a structured array, seen from compiled code


@intrinsic
def record_at(typing_context: Any, address: Any, number: Any, dtype: Any) -> Any:
    """`record_at(address, number, DTYPE)`: row `number` of the table at `address`."""
    record = dtype.dtype

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        offset = builder.mul(args[1], ir.Constant(ir.IntType(64), record.size))
        return builder.inttoptr(builder.add(args[0], offset), context.get_value_type(record))

    return record(types.int64, types.int64, dtype), generate


@intrinsic
def _pointer(typing_context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), generate


@njit
def numbers_at(address: int, size: int, dtype: Any) -> Any:
    """The `size` numbers at an address as an array."""
    return carray(_pointer(address), (size,), dtype)
