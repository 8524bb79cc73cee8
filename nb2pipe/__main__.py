"""``python -m nb2pipe``."""

from __future__ import annotations

from nb2pipe.cli import main

if __name__ == "__main__":
    main()
