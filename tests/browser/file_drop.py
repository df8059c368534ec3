"""Give a page a file by dropping it there."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page


def drop_file(page: Page, file: FilePayload) -> None:
    """Drop a file on the page, as the browser reports it."""
    page.evaluate(
        """([name, type, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, { type }));
            for (const kind of ["dragover", "drop"])
                document.body.dispatchEvent(
                    new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [file["name"], file["mimeType"], list(file["buffer"])],
    )
