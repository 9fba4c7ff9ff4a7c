"""Write the generated parts of the documents: `python -m tests.regenerate_docs` in the repository."""

from tests.support.documents import ROOT, documents, regenerated


def main() -> None:
    """Write what differs, and say which files that were."""
    for path in documents():
        text = path.read_text(encoding="utf-8")
        if regenerated(text) != text:
            path.write_text(regenerated(text), encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
