"""`make docs`: build the documentation site into the package. A link that leads nowhere fails it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tools.docs.pages import accessible, as_toml, copy_pages, navigation

ROOT = Path(__file__).parents[2]
SITE = ROOT / "src" / "araldo" / "docs"


def build(root: Path, work: Path, site: Path) -> str | None:
    """Build the site in the folder `work`, then replace `site` by it. Return what is wrong, if anything is."""
    pages = work / "pages"
    copy_pages(root, pages)
    try:
        sections = navigation(pages)
    except ValueError as error:
        return str(error)
    settings = (root / "zensical.toml").read_text().replace("[project]\n", f"[project]\n{as_toml(sections)}\n", 1)
    (work / "zensical.toml").write_text(settings)
    shutil.rmtree(work / "site", ignore_errors=True)
    tool = Path(sys.executable).parent / "zensical"
    words: list[str | Path] = [tool, "build", "--clean", "--strict", "--config-file", work / "zensical.toml"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - words of ours
    if done.returncode != 0:
        return (done.stdout + done.stderr).partition("Traceback")[0]
    # The server has its own page for what it does not find, and only it knows the address that a site map needs.
    for name in ("404.html", "sitemap.xml"):
        (work / "site" / name).unlink()
    shutil.rmtree(work / "site/assets/stylesheets/classic")
    for page in (work / "site").rglob("*.html"):
        page.write_text(accessible(page.read_text()))
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(work / "site", site)
    return None


def main() -> int:
    """Return the exit code: 1 when the documentation is not as it should be."""
    wrong = build(ROOT, ROOT / "build" / "docs", SITE)
    if wrong:
        print(wrong, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
