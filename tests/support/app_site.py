"""Somebody else's web site: an app's redirect URI, and what an attacker would put up. On another site."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class AppSite:
    """A running site at 127.0.0.1, which for browsers is another site than localhost.

    `/back` leads on to `/landed` on yet another origin, as apps do; `pages` are what else there is.
    """

    def __init__(self, port: int) -> None:
        """Know the site by its port."""
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, str] = {}
        self.visits: list[str] = []

    def frame(self, url: str) -> str:
        """Put up a page with `url` in a frame, and return where."""
        self.pages["/frame"] = (
            f'<!doctype html><iframe src="{escape(url)}" width="300" height="600"></iframe>'
        )
        return f"{self.url}/frame"

    def form(self, url: str, **fields: str) -> str:
        """Put up a page that sends a form to `url` by itself, and return where."""
        inputs = "".join(
            f'<input name="{escape(name)}" value="{escape(text)}">' for name, text in fields.items()
        )
        self.pages["/form"] = (
            f'<!doctype html><form method="post" action="{escape(url)}">{inputs}</form>'
            "<script>document.forms[0].submit()</script>"
        )
        return f"{self.url}/form"


@contextmanager
def app_site() -> Iterator[AppSite]:
    """Run the site."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path in {"/back", "/landed"}:
                site.visits.append(self.path)
            body = site.pages.get(path, f"<!doctype html><title>{path}</title>").encode()
            self.send_response(302 if path == "/back" else 200)
            if path == "/back":
                self.send_header("location", f"http://localhost:{server.server_address[1]}/landed")
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = AppSite(int(server.server_address[1]))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield site
        server.shutdown()
        thread.join()
