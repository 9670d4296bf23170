"""Which rows must have the same decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from creditrules.drivers.table.layout import Layout

if TYPE_CHECKING:
    from creditrules.drivers.table.chunk import Asking


def row_keys(
    asking: Asking, plain: pa.Table, layout: Layout, rows: np.ndarray[Any, Any]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Give a number for each row; rows of one number have the same decision."""
    return np.arange(len(rows))
