"""The type that everything in the index speaks of."""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # shape (texts, dimensions), or (dimensions,) for one text
