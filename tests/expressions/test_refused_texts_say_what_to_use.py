"""What does not exist is refused when compiling, with its place and what to use instead; hostile texts too."""

from __future__ import annotations

import pytest

from engine.expressions import (
    ExpressionError,
    Limits,
    SyntaxRefused,
    compile_expression,
    compile_script,
    supported_syntaxes,
)

EXPRESSIONS = {
    "": "the text is empty",
    "  \n ": "the text is empty",
    "1 +": "invalid syntax",
    "a b": "invalid syntax",
    "(": "never closed",
    ")": "opening bracket",
    "1) + (2": "opening bracket",
    "x = 1": "found:",
    "import os": "invalid syntax",
    "1; 2": "invalid syntax",
    "\0": "null",
    "'a": "unterminated",
    "__import__('os').system('id')": "service task",
    "().__class__.__bases__[0].__subclasses__()": "'__subclasses__'",
    "x.__class__": "without leading '__'",
    "__builtins__": "without leading '__'",
    "getattr(x, '__cl' + 'ass__')": "use a key",
    "'{0.__class__}'.format(x)": "f-string",
    "'{a}'.format_map(x)": "f-string",
    "eval('1')": "service task",
    "exec('1')": "service task",
    "open('/etc/passwd')": "service task",
    "print(1)": "assign the value",
    "type(x)": "isinstance",
    "map(len, xs)": "comprehension",
    "filter(len, xs)": "comprehension",
    "lambda: 1": "key=lambda",
    "(x for x in y)": "a generator",
    "x for x in y": "a generator",
    "(x for x in y).gi_frame": "a generator",
    "(y := 1)": "statement of its own",
    "await x": "service task",
    "(yield)": "collect the values",
    "[*a for a in b]": "unpacking",
    "f(*xs)": "plain arguments",
    "f(**xs)": "plain arguments",
    "max(*xs)": "plain arguments",
    "f(1)": "service task",
    "lne(x)": "did you mean len",
    "x()()": "name of a function",
    "(1)(2)": "name of a function",
    "len": None,
    "len()": "like len(x) but got 0",
    "len(1, 2)": "like len(x) but got 2",
    "round(1, 2, 3)": "round(x, digits)",
    "round(1, wrong=2)": "'wrong='",
    "sorted(x, key=1)": "key=lambda",
    "sorted(x, key=lambda a, b: 1)": "lambda of one argument",
    "sorted(x, key=x.y)": "key=lambda",
    "sorted(x, key=pow)": "key=lambda",
    "'a'.lower(1)": "like lower()",
    "x.wrong()": "method that exists",
    "x.lwoer()": "did you mean lower",
    "x.encode()": "use texts",
    "x.append(1)": "items + [x]",
    "x.pop()": "script task",
    "x.update(y)": "script task",
    "datetime.now()": "use now()",
    "x is y": "use ==",
    "1 is not 2": "use ==",
    "a < b is None": "with 'and'",
    "1j": "complex",
    "b'x'": "bytes",
    "...": "ellipsis",
    "1e999": "finite",
    "9" * 400: "1024 bits",
    "9" * 5000: "4300 digits",
    "isinstance(x)": "isinstance(x, str)",
    "isinstance(x, y)": "kind of value",
    "isinstance(x, object)": "kind of value",
    "isinstance(x, (str, y.z))": "kind of value",
    "x[1:2, 3]": "a slice",
    "[y async for y in x]": "async",
    "[x.y for x.y in z]": "names between",
    "[1 for *a, *b in z]": "at most one '*'",
    "{**a, *b}": "found:",
    "f'{x!z}'": "conversion",
    "f'{}'": "empty expression",
    "f'{__import__(1)}'": "service task",
    r"'\d+'": "write r'...'",
    "'\ud800'": "can be read",
    "dict(__class__=1)": "without leading '__'",
}

STATEMENTS = {
    "import os": "service task",
    "from os import system": "service task",
    "class A: pass": "dictionaries",
    "async def f(): pass": "service task",
    "with x: pass": "service task",
    "try:\n  x\nexcept: pass": "check first",
    "try:\n  x\nexcept* E: pass": "check first",
    "raise x": "bpmn_error",
    "assert x": "bpmn_error",
    "global x": "argument",
    "nonlocal x": "argument",
    "match x:\n  case 1: pass": "if/elif",
    "return 1": "around 'return'",
    "break": "around 'break'",
    "continue": "around 'continue'",
    "for x in y:\n  def f(): pass": "top of the script",
    "def f():\n  def g(): pass": "top of the script",
    "def f(a=1): pass": "plain parameters",
    "def f(*a): pass": "plain parameters",
    "def f(*, a): pass": "plain parameters",
    "@x\ndef f(): pass": "plain parameters",
    "def f(a): pass\nf()": "like f(a)",
    "def f(a): pass\nf(a=1)": "by position",
    "def f(): pass\nx = sorted([], key=f)": "of one argument",
    "def __f(): pass": "without leading '__'",
    "def f(__a): pass": "without leading '__'",
    "def f(): yield 1": "collect the values",
    "x[1:2] = y": "a name, a key or an index",
    "del x[1:2]": "a name, a key or an index",
    "f(x) = 1": "found:",
    "*a, *b = x": "at most one '*'",
    "x: int": "a value after",
    "__x = 1": "without leading '__'",
    "x.__class__ = 1": "without leading '__'",
    "del x.__class__": "without leading '__'",
    "__builtins__['len'] = 1": "without leading '__'",
    "def f(a):\n  del a": "assign None",
    "type x = 1": "found:",
    "while 1:\n  def f():\n    break": "top of the script",
    "def f():\n  break\nwhile 1: pass": "around 'break'",
    "if x:\n y": None,
    "if x:\ny": "indent",
    "x = (y := 1)": "statement of its own",
    "for x in y:\n  pass\nelse:\n  break": "around 'break'",
    "async for x in y: pass": "service task",
    "async with x: pass": "service task",
    "len = len": None,
    "x += yield": "collect the values",
}


@pytest.mark.parametrize("source", [source for source, said in EXPRESSIONS.items() if said])
def test_expression_is_refused(source):
    with pytest.raises(SyntaxRefused) as refusal:
        compile_expression(source, "python")
    assert EXPRESSIONS[source] in str(refusal.value)
    assert refusal.value.line >= 1
    assert refusal.value.column >= 1
    assert refusal.value.source == source
    assert refusal.value.sentence.startswith("Expected ")


@pytest.mark.parametrize("source", [source for source, said in STATEMENTS.items() if said])
def test_statement_is_refused(source):
    with pytest.raises(SyntaxRefused) as refusal:
        compile_script(source, "python")
    assert STATEMENTS[source] in str(refusal.value)
    assert refusal.value.sentence.startswith("Expected ")


@pytest.mark.parametrize("source", [source for source, said in EXPRESSIONS.items() if not said])
def test_names_of_functions_may_be_variables(source):
    assert compile_expression(source, "python").evaluate({source: 5}) == 5


DEEP = 100_000
DEEP_TEXTS = {
    "brackets": "(" * DEEP + ")" * DEEP,
    "lists": "[" * DEEP,
    "closing": ")" * DEEP,
    "signs": "-" * DEEP + "1",
    "spaced signs": "- " * 20_000 + "1",
    "not": "not " * 20_000 + "x",
    "lambda": "lambda:" * 20_000 + "1",
    "else": "1 if x else " * 10_000 + "1",
    "power": "1**" * 20_000 + "1",
    "attributes": "x" + ".y" * 20_000,
    "calls": "x" + "()" * 20_000,
    "sum": "1" + "+1" * 20_000,
    "subscripts": "x" + "[0]" * 10_000,
    "f-string": "f'{" + "-" * 20_000 + "1}'",
    "f-string not": "f'{" + "not " * 5_000 + "1}'",
    "braces": "{" * 20_000,
    "compare": "x" + "<x" * 16_000,
    "string signs": "f'''{" + "(" * 150 + ")" * 150 + "}'''",
    "dicts": "{1:" * 10_000,
    "comprehensions": "[x for x in " * 2_000,
    "quotes": "'" * 20_001,
    "triple": '"""' * 9_999,
    "backslashes": "\\" * 20_000,
    "newlines": "\n" * 32_000,
}


@pytest.mark.parametrize("shape", DEEP_TEXTS)
@pytest.mark.parametrize("syntax", ["python", "juel"])
def test_deep_text_is_refused_and_never_crashes(shape, syntax):
    source = DEEP_TEXTS[shape] if syntax == "python" else "${" + DEEP_TEXTS[shape] + "}"
    roomy = Limits(source_length=2 * DEEP + 10)
    for limits in (Limits(), roomy):
        assert len(_refusal(lambda: compile_expression(source, syntax, limits).evaluate({"x": 1}))) < 500  # noqa: B023


def _refusal(compute):
    try:
        compute()
    except ExpressionError as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize(
    "source",
    [
        "if x:\n" + "".join(" " * i + "if x:\n" for i in range(1, 99)) + " " * 99 + "y = 1",
        "if x: y = 1\n" + "elif x: y = 1\n" * 1_000,
        "x = " * 10_000 + "1",
        "for x in x: " * 2_000,
        "\n" * 32_000,
        "def f():\n" * 1_000,
    ],
)
def test_deep_script_is_refused_and_never_crashes(source):
    assert len(_refusal(lambda: compile_script(source, "python", Limits(source_length=200_000)))) < 500


def test_brackets_in_text_do_not_count_as_nesting():
    assert (
        compile_expression(f"'{'(' * 500}' + \"{'[' * 500}\" # {')' * 500}", "python").evaluate({})
        == "(" * 500 + "[" * 500
    )


def test_a_text_longer_than_the_limit_is_refused_before_it_is_parsed():
    with pytest.raises(SyntaxRefused, match="at most 10 characters but it has 11"):
        compile_expression("1 + 1 + 1 +", "python", Limits(source_length=10))


def test_an_unknown_syntax_names_the_known_ones():
    with pytest.raises(SyntaxRefused, match=r"got 'perl'.*use one of python, juel"):
        compile_expression("1", "perl")
    with pytest.raises(SyntaxRefused, match="got 'perl'"):
        compile_script("1", "perl")
    with pytest.raises(SyntaxRefused, match="'juel' has expressions only"):
        compile_script("${1}", "juel")
    assert {"python", "juel"} <= set(supported_syntaxes())


@pytest.mark.parametrize(
    "source, place",
    [
        ("a + (b if c else import_(1))", (1, 18)),
        ("'ä' + f(1)", (1, 7)),
        ("1 +\n  f(1)", (2, 3)),
        ("1 + + ", (1, 7)),
    ],
)
def test_a_refusal_names_its_place_in_characters(source, place):
    with pytest.raises(SyntaxRefused) as refusal:
        compile_expression(source, "python")
    assert (refusal.value.line, refusal.value.column) == place


def test_a_refusal_in_an_indented_script_names_the_place_in_the_text_as_given():
    with pytest.raises(SyntaxRefused) as refusal:
        compile_script("\n    x = 1\n    import os\n", "python")
    assert (refusal.value.line, refusal.value.column) == (3, 5)
