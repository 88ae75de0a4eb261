"""The texts that ship with the desk: <language>/<template key>.txt, first the subject, a blank line, then the body."""

from pathlib import Path

HERE = Path(__file__).resolve().parent


def shipped_texts() -> dict[str, dict[str, tuple[str, str]]]:
    """Subject and body of every shipped text: template key → language → (subject, body)."""
    texts: dict[str, dict[str, tuple[str, str]]] = {}
    for path in sorted(HERE.glob("*/*.txt")):
        subject, _, body = path.read_text(encoding="utf-8").partition("\n\n")
        texts.setdefault(path.stem, {})[path.parent.name] = (subject, body.strip())
    return texts
