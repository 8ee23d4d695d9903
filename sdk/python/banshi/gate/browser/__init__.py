"""The part of the gate that opens the pages: in Chromium, on a phone's screen, as two invented citizens.

    package ──► a process of its own ──► Chromium, which reaches that process alone ──► findings and pictures

It needs Chromium, and the extra of this package: `pip install "banshi[browser]"`.  A mini-app that hangs,
grows or makes the browser end gets a finding.  Where there is no browser nothing passes: `BrowserMissing`.
"""

from banshi.gate.browser._running import (
    BrowserFailed,
    BrowserMissing,
    Chromium,
    Limits,
    Report,
    find_chromium,
    inspect,
)

__all__ = ["BrowserFailed", "BrowserMissing", "Chromium", "Limits", "Report", "find_chromium", "inspect"]
