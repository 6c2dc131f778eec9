"""The wheel holds exactly our packages and no more: their names are common words, a stray one would harm."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

EXPECTED = {"mining", "simulation", "dashboards", "sample_logs", "streamlit_app.py"}
NEEDED_FILES = {"dashboards/cli.py", "sample_logs/services/A.yaml", "streamlit_app.py"}


def main(wheel: Path) -> int:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    found = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    lacking = NEEDED_FILES - set(names)
    if found != EXPECTED or lacking:
        print(f"{wheel.name}: top-level names {sorted(found)}, expected {sorted(EXPECTED)}")
        print(f"{wheel.name}: lacks {sorted(lacking)}")
        return 1
    print(f"{wheel.name}: top-level names are exactly {sorted(found)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
