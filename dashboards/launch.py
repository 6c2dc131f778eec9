"""Start the dashboard as its own process on this machine only."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from pathlib import Path

import dashboards
from mining.errors import OnewindowError

ADDRESS = "127.0.0.1"


def app_file() -> Path:
    """`streamlit_app.py`, which lies beside the package `dashboards`."""
    path = Path(dashboards.__file__).resolve().parent.parent / "streamlit_app.py"
    if not path.is_file():
        raise OnewindowError(
            zh=f"缺少 {path.name}：安装不完整。",
            en=f"{path.name} is missing: the installation is incomplete.",
        )
    return path


def server_options(port: int) -> list[str]:
    """Streamlit's options: local address, no telemetry, no file watcher, uploads up to 500 MB.

    Headless, since otherwise the first start on a machine asks for an e-mail address and waits.
    """
    options = {
        "server.address": ADDRESS,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.maxUploadSize": "500",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        # one colour for each theme: a single one would fix the light theme
        "theme.light.primaryColor": "#1f6feb",
        "theme.dark.primaryColor": "#6ea8fe",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def open_dashboard(*, port: int, browser: bool) -> int:
    """Run the dashboard until it is stopped; returns its exit code. Opens a browser once it answers."""
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(app_file()), *server_options(port)]
    )
    if browser:
        threading.Thread(target=_open_when_ready, args=(server, port), daemon=True).start()
    try:
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return 0


def _open_when_ready(server: subprocess.Popen[bytes], port: int) -> None:
    address = f"http://{ADDRESS}:{port}"
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                webbrowser.open(address)
                return
        except OSError:
            time.sleep(0.2)
