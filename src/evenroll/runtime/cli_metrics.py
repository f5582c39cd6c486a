"""`evenroll metrics`: what status knows, in the text that Prometheus reads."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Annotated

import typer

from evenroll.runtime.cli_exit import wrong_use
from evenroll.runtime.cli_options import HostOption
from evenroll.runtime.cli_session import asked, session
from evenroll.runtime.output_console import Output


def metrics(
    serve: Annotated[bool, typer.Option("--serve", help="Answer at /metrics until told to stop.")] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where, with --serve; 0 for a free one.")
    ] = 9464,
    host: HostOption = "127.0.0.1",
) -> None:
    """Print metrics in the text that Prometheus reads, or serve them. A worker counts more: --metrics-port.

    Example: evenroll --demo metrics
    """
    output = Output(json=asked.json)
    if asked.json and not serve:
        raise wrong_use("Metrics have a text of their own, which machines read. For JSON ask `evenroll status --json`.")
    with session(migrates=False):
        from evenroll.runtime.metrics_door import metrics_text, serving_metrics

        if not serve:
            sys.stdout.write(metrics_text())
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        with serving_metrics(host=host, port=port) as given:
            output.data({"address": f"http://{host}:{given}/metrics"})
            output.note(f"Metrics at http://{host}:{given}/metrics. Stop with Ctrl-C or SIGTERM.")
            stop.wait()
