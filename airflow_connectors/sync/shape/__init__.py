"""
What happens to records between the service and their rows, as pure functions: no database, no network.

    records ─► transforms ─► route ─► children ─► contract ─► rows
"""

from .casting import Timestamp
from .chain import Chain, Shaped
from .children import Child, Children, Split
from .columns import Drop, Flatten, Keep, Rename
from .compiling import compiled
from .condition import AllOf, AnyOf, Condition, Not
from .contract import Change, Contract, ContractViolation, Held
from .derive import Derived, derived, new_fields
from .functions import Filter, Map
from .plain import children_of, contract_of, route_of, transforms_of
from .refused import Refused
from .route import Route, Routed
from .secret import Secret
from .transform import Transform
from .values import Cast, Hash, Mask

__all__ = [
    "AllOf",
    "AnyOf",
    "Cast",
    "Chain",
    "Change",
    "Child",
    "Children",
    "Condition",
    "Contract",
    "ContractViolation",
    "Derived",
    "Drop",
    "Filter",
    "Flatten",
    "Hash",
    "Held",
    "Keep",
    "Map",
    "Mask",
    "Not",
    "Refused",
    "Rename",
    "Route",
    "Routed",
    "Secret",
    "Shaped",
    "Split",
    "Timestamp",
    "Transform",
    "children_of",
    "compiled",
    "contract_of",
    "derived",
    "new_fields",
    "route_of",
    "transforms_of",
]
