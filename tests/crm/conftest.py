from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> Path:
    """Where files of this test lie, and nowhere else."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
