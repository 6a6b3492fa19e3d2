r"""Regular expressions are XPath's: flags, differences of classes, categories, blocks, references back to groups."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import feel

MATCHES = [
    ("abc", "b", "", True),
    ("abc", "^b", "", False),
    ("a\nb", "a.b", "", False),
    ("a\nb", "a.b", "s", True),
    ("a\rb", "a.b", "", False),
    ("a\nb", "^b$", "", False),
    ("a\nb", "^b$", "m", True),
    ("abc\n", "c$", "", False),
    ("ABC", "b", "i", True),
    ("\u212a", "k", "i", True),
    ("hello world", "hello [ ] world", "x", True),
    ("hello world", r"hello\ sworld", "x", True),
    ("a.c", "a.c", "q", True),
    ("abc", "a.c", "q", False),
    ("a(c", "a(c", "q", True),
    ("m", "[a-z-[aeiou]]", "", True),
    ("e", "[a-z-[aeiou]]", "", False),
    ("E", "[a-z-[aeiou]]", "i", False),
    ("-", "[a-]", "", True),
    ("^", "[a^]", "", True),
    ("7", r"\d", "", True),
    ("٣", r"\d", "", True),
    ("_", r"\w", "", False),
    ("$", r"\w", "", True),
    ("\u00a0", r"\s", "", False),
    ("ä1", r"^\i\c$", "", True),
    ("1ä", r"^\i\c$", "", False),
    ("Ω", r"\p{IsGreek}", "", True),
    ("a", r"\P{IsGreek}", "", True),
    ("A", r"^\p{Lu}$", "", True),
    ("a", r"[^\p{Lu}\d]", "", True),
    ("€", r"\p{Sc}", "", True),
    ("€", r"[\p{S}-[\p{Sc}]]", "", False),
    ("aa", r"(a)\1", "", True),
    ("ab", r"(a)\1", "", False),
    ("aA", r"(a)\1", "i", True),
    ("abcabc", r"^(a(b)c)\1$", "", True),
    ("xyyx", r"(.)(.)\2\1", "", True),
    ("aaa", r"^(a+?)\1\1$", "", True),
    ("ab", r"^(?:a|(b))+\1$", "", False),
    ("abb", r"^(?:a|(b))+\1$", "", True),
    ("aaaa", r"^(a{2})\1$", "", True),
    ("aaa", r"^(a{2,3}?)\1?$", "", True),
    ("a\nb\na", r"^(a)$\n(.)\n^\1$", "m", True),
    ("aab", "a{2}b", "", True),
    ("ab", "a{2,}b", "", False),
    ("", "a*", "", True),
]


@pytest.mark.parametrize("text, pattern, flags, found", MATCHES)
def test_a_pattern_matches(text, pattern, flags, found):
    result = feel.evaluate("matches(text, pattern, flags)", {"text": text, "pattern": pattern, "flags": flags})
    assert result.value is found, result.warnings


@pytest.mark.parametrize(
    "pattern, flags",
    [
        ("(", ""), (")", ""), ("[", ""), ("]", ""), ("[]", ""), ("{", ""), ("a{2,1}", ""), ("a{99999}", ""), ("*", ""),
        ("a**", ""), ("^*", ""), ("[z-a]", ""), ("[a[b]]", ""), (r"\q", ""), (r"\p{IsNowhere}", ""), (r"\p{Lx}", ""),
        (r"\pL", ""), (r"(a)\2", ""), (r"\1(a)", ""), (r"(a\1)", ""), (r"[\1]", ""), ("(?=a)", ""), ("(?<n>a)", ""),
        (r"\b", ""), ("a", "g"), ("a", " "), ("a\\", ""),
    ],
)  # fmt: skip
def test_what_xpath_does_not_allow_is_null_with_a_reason(pattern, flags):
    result = feel.evaluate("matches(text, pattern, flags)", {"text": "a", "pattern": pattern, "flags": flags})
    assert result.value is None
    assert result.warnings


REPLACED = {
    ("abracadabra", "bra", "*"): "a*cada*",
    ("abracadabra", "a.*a", "*"): "*",
    ("abracadabra", "a.*?a", "*"): "*c*bra",
    ("abracadabra", "a(.)", "a$1$1"): "abbraccaddabbra",
    ("darted", "^(.*?)d(.*)$", "$1c$2"): "carted",
    ("AAAA", "A+?", "b"): "bbbb",
    ("0123456789", r"(\d{3})(\d{3})(\d{4})", "($1) $2-$3"): "(012) 345-6789",
    ("abc", "(b)", "[$0$1$10]"): "a[bbb0]c",
    ("aabb", r"(.)\1", "<$1>"): "<a><b>",
    ("a💥b", "💥", "-"): "a-b",
}


@pytest.mark.parametrize("row", REPLACED)
def test_what_matches_is_replaced(row):
    assert feel.evaluate("replace(a, b, c)", dict(zip("abc", row, strict=True))).value == REPLACED[row]


PLAIN = st.recursive(
    st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", "^", "$"]),
    lambda inner: st.one_of(
        st.builds("({})".format, inner),
        st.builds("(?:{})".format, inner),
        st.builds("{}|{}".format, inner, inner),
        st.builds("{}{}".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{1,2}", "*?", "+?"])),
    ),
    max_leaves=6,
)


@given(pattern=PLAIN, text=st.text("abc", max_size=6))
def test_both_matchers_agree_with_python_where_all_mean_the_same(pattern, text):
    # Given a pattern without anything that XPath and Python read differently; `()\1` makes ours take the other matcher
    groups = re.compile(pattern).groups + 1
    for ours in (pattern, rf"(?:{pattern})()\{groups}"):
        found = feel.evaluate(f"matches(text, {json.dumps(ours)})", {"text": text})
        assert found.value is bool(re.search(pattern.replace("$", r"\Z"), text)), (ours, found.warnings)
