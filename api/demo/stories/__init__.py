"""The demos that there are: one module each, named for its example, with its acts and what they must prove."""

from __future__ import annotations

from ..script import Demo
from . import (
    choreographed_saga,
    data_pipeline,
    environment_provisioning,
    order_hybrid,
    order_saga,
    product_page,
    release_pipeline,
    user_registration,
)

DEMOS: tuple[Demo, ...] = (
    order_saga.DEMO,
    user_registration.DEMO,
    product_page.DEMO,
    order_hybrid.DEMO,
    choreographed_saga.DEMO,
    data_pipeline.DEMO,
    release_pipeline.DEMO,
    environment_provisioning.DEMO,
)
"""In the order of the list; the first is played when none is named."""
