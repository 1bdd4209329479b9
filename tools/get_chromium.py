"""Find a Chromium for the browser tests, or try to get one, and say loudly when that failed."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def playwrights_own() -> str | None:
    """Where Playwright keeps the browser that it downloaded, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110


def find() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None) or playwrights_own()


def attempts() -> list[list[str]]:
    ways = []
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways += [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]]
    ways.append([sys.executable, "-m", "playwright", "install", "chromium"])
    return ways


def main() -> None:
    if find():
        return
    print("No Chromium on this machine; trying to get one for the browser tests.", flush=True)
    for command in attempts():
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if find():
            return
    print("*" * 78)
    print("NO CHROMIUM: the browser tests WILL NOT RUN. Install Chromium, or name one: CHROMIUM=/path")
    print("*" * 78, flush=True)
    if os.environ.get("CI"):
        sys.exit(1)


if __name__ == "__main__":
    main()
