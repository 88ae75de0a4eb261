"""Strings that break what is careless, put together by kind: controls, forged headers, markup, templates, scripts …

More than five hundred, always the same ones. What each kind is after stands beside it.
"""

from itertools import product

# ruff: noqa: E501

# Every control character and every invisible or direction character, at the edges of a word and inside.
CONTROLS = [f"Ada{chr(code)}Keller{chr(code)}" for code in (*range(0x20), *range(0x7F, 0xA0))]
INVISIBLE = [
    f"{chr(code)}Ada{chr(code)}"
    for code in (
        *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC),
        0x00AD, 0x034F, 0x061C, 0x115F, 0x180E, 0x3164, 0xFEFF, 0xFFFE, 0xFFFF, 0xE0001, 0xE0041, 0xE007F,
    )
]  # fmt: skip
# A second header, a second body, a second reader.
ENDS = ["\r\n", "\n", "\r", "\n\n", "\r\n\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "%0d%0a", "\\r\\n", "\r\n "]
HEADERS = [
    "Bcc: everyone@example.com",
    "Cc: everyone@example.com",
    "To: everyone@example.com",
    "Subject: You have won",
    "Content-Type: text/html",
    "Reply-To: thief@example.com",
    "List-Unsubscribe: <https://thief.example.com/>",
    "X-Priority: 1",
    ".\r\nMAIL FROM:<thief@example.com>",
]
FORGED = [f"Ada{end}{header}" for end, header in product(ENDS, HEADERS)]
ENCODED = [
    "=?utf-8?q?Ada=0d=0aBcc:_everyone@example.com?=", "=?utf-8?b?QWRhDQpCY2M6IGVAZXhhbXBsZS5jb20=?=", "=?utf-8?q?=?=",
    '"Ada" <everyone@example.com>', "Ada <a@example.com>, Eve <eve@example.com>", "Ada (comment", "a@b;c@d", "<>", "@",
    '"', "\\", '\\"', "'; --", "Ada\\", "Ada <", "undisclosed-recipients:;", "group: a@example.com;", "=?", "?=",
]  # fmt: skip
# Markup that runs, loads, hides or closes what it stands in.
TAGS = ["script", "img", "svg", "iframe", "style", "a", "form", "base", "meta", "object", "link", "video", "math"]
MARKUP = [
    made
    for tag in TAGS
    for made in (f"<{tag}>", f"</{tag}>", f'"><{tag} src=x onerror=alert(1)>', f"<{tag}\nonload=alert(1)//")
]
MARKUP += [
    "<!--", "-->", "<![CDATA[", "]]>", "<?xml?>", "&lt;b&gt;", "&#60;script&#62;", "&amp;amp;", "&", "&#x202e;", "&nbsp;",
    "</td></tr></table>", "</p><p>Pay here instead</p>", '" onmouseover="alert(1)', "' style='display:none", "`", "<",
    ">", "</title><script>", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "//thief.example.com",
    "https://thief.example.com/pay", "http://127.0.0.1/", "file:///etc/passwd", "[Pay](https://thief.example.com)",
    "<https://thief.example.com>", "www.thief.example.com", "url(https://thief.example.com/x.png)", "@import 'x'",
    "expression(alert(1))", "{behavior:url(x)}", "/*", "*/", "--\t", "\n\n--\t\nAnother company", "→\tPay here instead",
    "•\tFree\thelp/", "\tINV-9\tFree\t1\t0", "▣\thttps://thief.example.com/x.png\tA cat\t", "⇢\t", "[[letter]]",
]  # fmt: skip
# Templates of every house, and our own fields.
TEMPLATES = [
    "{total_open}", "{customer_name.__class__}", "{customer_name!r}", "{0}", "{}", "{{", "}}", "{", "}", "{{ 7*7 }}",
    "{% debug %}", "{% load static %}", "{% include '/etc/passwd' %}", "{# note #}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
    "@(7*7)", "{{config.items()}}", "{{''.__class__.__mro__}}", "{{request.user.password}}", "{php}echo 1;{/php}",
    "*{7*7}", "~{7*7}", "[[${7*7}]]", "%s", "%n", "%x%x%x%x", "%(name)s", "%d", "$name", "${name}", "$(id)", "`id`",
    "| id", "; id", "&& id", "$HOME", "%PATH%", "{pay_button}", "{invoice_list}", "{picture: https://a.example.com/x | a}",
    "{video: x | y | z}", "{no_such_field}", "{ customer_name }", "{{customer_name}}", "{customer_name", "customer_name}",
]  # fmt: skip
# Commands, paths, formulas, and words that programs take for something else.
COMMANDS = [
    "'; DROP TABLE users; --", '" OR ""="', "1 OR 1=1", "' UNION SELECT 1 --", "1; SELECT pg_sleep(9)", "\\x00", "\\0",
    "../../etc/passwd", "..\\..\\windows", "C:\\con\\con", "/dev/null", "nul", "aux", "=1+1", "+1", "-1", "@SUM(A1)",
    "=HYPERLINK('https://thief.example.com')", "=cmd|' /C calc'!A0", "\t=1+1", "＝1+1", "null", "NULL", "None", "nil",
    "undefined", "NaN", "Infinity", "-Infinity", "true", "false", "0", "-0", "1e309", "0x0", "1_000", "٠١٢", "½", "²",
    "99999999999999999999999", "1,000.00", "1.000,00", "[object Object]", "__proto__", "constructor", "toString",
    "hasOwnProperty", "__init__", "self", "import os", "test", "admin", "root", "Robert'); --", "O'Brien", "D'Angelo",
    "Smith & Sons", 'The "Best" Ltd.', "AT&T", "Yahoo!", "¿Qué?", "C++", "A/B", "50 % off", "#1", "*", "?", "~", "^", "|",
]  # fmt: skip
# Names and words of people everywhere.
PEOPLE = [
    "محمد بن سلمان", "שרה כהן", "王小明", "山田太郎", "김철수", "Владимир", "Ελένη", "สมชาย", "नरेन्द्र", "தமிழ்", "বাংলা",
    "አበበ", "ქართული", "Հայերեն", "Đặng Thị", "Ñandú", "Ångström", "Þórður", "Łukasz", "Øystein", "İstanbul", "ıI", "ß",
    "ẞ", "ﬁ", "ǅ", "Ω", "Å", "e\u0301", "\u0301", "Z\u0351\u036b\u0343a\u0351lgo", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "👍🏿", "☠️", "©",
    "𝕬𝖉𝖆", "ａｄａ", "²³", "①", "㈱", "…", "—", "“Ada”", "«Ada»", "‚Ada‘", "a\u202egpj.exe", "\u202eadA", "\u2066Ada\u2069",
    "раураl", "аррӏе", "Ada\u00a0Keller", "Ada\u3000Keller", "Ada\u2003Keller", "", " ", "   ", "\u3000", "A" * 5000,
    "م" * 4000, "W" * 400, "a b " * 900, "😀" * 300, "-" * 80, "." * 80, "Ada-" * 200, "Aa\u0308" * 100, "Mx.", "X",
    "Dr. Dr. h. c. mult. Freifrau von und zu Weißenfels-Hohenstein", "Jean-Luc d’Alençon", "Nguyễn Văn", "O’Neil", "Bo",
]  # fmt: skip

NAUGHTY = list(dict.fromkeys([*CONTROLS, *INVISIBLE, *FORGED, *ENCODED, *MARKUP, *TEMPLATES, *COMMANDS, *PEOPLE]))
