"""The texts that ship with the desk: <language>/<template key>.txt, first the subject, a blank line, then the body.

Text messages lie in sms/<language>/<tone>.txt, notices in an app in in_app/<language>/<tone>.txt, what is said on the
phone in call/<language>/script.txt.
"""

from pathlib import Path

HERE = Path(__file__).resolve().parent


def shipped_texts() -> dict[str, dict[str, tuple[str, str]]]:
    """Subject and body of every shipped letter: template key → language → (subject, body)."""
    return _texts_in(HERE)


def shipped_text_messages() -> dict[str, dict[str, tuple[str, str]]]:
    """The same of every shipped text message, by tone."""
    return _texts_in(HERE / "sms")


def shipped_in_app_texts() -> dict[str, dict[str, tuple[str, str]]]:
    """Title and body of every shipped notice in an app, by tone."""
    return _texts_in(HERE / "in_app")


def shipped_call_script() -> dict[str, tuple[str, str]]:
    """What is said on the phone, by language."""
    return _texts_in(HERE / "call")["script"]


def _texts_in(folder: Path) -> dict[str, dict[str, tuple[str, str]]]:
    texts: dict[str, dict[str, tuple[str, str]]] = {}
    for path in sorted(folder.glob("*/*.txt")):
        subject, _, body = path.read_text(encoding="utf-8").partition("\n\n")
        texts.setdefault(path.stem, {})[path.parent.name] = (subject, body.strip())
    return texts
