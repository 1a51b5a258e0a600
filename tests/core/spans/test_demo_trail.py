"""The tree of the shipped demo: one request from the typed command to the page."""

from __future__ import annotations

import pytest

from core.spans.telling import told
from hopscope.demo import demo_path
from hopscope.spans import Trail, trail_of
from hopscope.store.build import open_store

TREE = """
fetch
  fetch > 360-434
    dnsd < 350-390
      dnsd > 366-384
        kvd < 372-376
  fetch > 360-438
    dnsd < 354-424
      dnsd > 400-418
        kvd < 406-410
  fetch > 460-533
    dnsd < 450-489
      dnsd > 466-483
        kvd < 472-476
  fetch > 460-537
    dnsd < 454-523
      dnsd > 499-517
        kvd < 505-509
  fetch > 559-632
    dnsd < 549-588
      dnsd > 565-582
        kvd < 571-575
  fetch > 559-636
    dnsd < 553-622
      dnsd > 598-616
        kvd < 604-608
  fetch > 658-3710
    dnsd < 648-3687
      dnsd > 672-2250
      dnsd > 2260-3674 again 672
  fetch > 658-3714
    dnsd < 652-3704
      dnsd > 684-2266
      dnsd > 2276-3691 again 684
  fetch > 3736-3807
    dnsd < 3726-3765
      dnsd > 3742-3759
        kvd < 3748-3752
  fetch > 3736-3811
    dnsd < 3730-3798
      dnsd > 3775-3792
        kvd < 3781-3785
  fetch > 3945-3979
    httpd < 3949-3963
"""


@pytest.fixture(scope="module")
def trail() -> Trail:
    store = open_store(demo_path())
    return trail_of(store, store.row_of(366))


def test_the_whole_run_is_one_tree(trail: Trail) -> None:
    assert told(trail) == TREE.strip().splitlines()


def test_the_focus_is_the_span_of_the_event_that_was_asked_for(trail: Trail) -> None:
    assert told(trail)[trail.focus].strip() == "dnsd > 366-384"
