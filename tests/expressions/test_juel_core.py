"""The core of JUEL: typed values, texts with `${...}`, null-safe look-ups and coercions, and no Java."""

from __future__ import annotations

import pytest

from engine.expressions import EvaluationFailed, LimitExceeded, Limits, SyntaxRefused, compile_expression

VARIABLES = {
    "n": 7,
    "f": 2.5,
    "t": "abc",
    "yes": True,
    "no": False,
    "none": None,
    "xs": [3, 1, 2],
    "empty_": "",
    "five": "5",
    "order": {"total": 120, "lines": [{"sku": "a"}], "first name": "Ada", "1": "one", "empty": 5},
}

CASES = {
    "${t.contains('b')}": True,
    "${xs.contains(2) && !xs.contains(9)}": True,
    "${none.contains('b')}": False,
    "${order['first name'].startsWith('A')}": True,
    "${t.endsWith('a')}": False,
    # text and typed values
    "": "",
    "plain": "plain",
    "5": "5",
    "${n}": 7,
    "#{n}": 7,
    "order-${n}": "order-7",
    "${t}${n}": "abc7",
    "${n} of ${f}": "7 of 2.5",
    "\\${n}": "${n}",
    "\\${n} ${n}": "${n} 7",
    "$n {x} $": "$n {x} $",
    "a}b": "a}b",
    "x${none}y": "xy",
    "${yes}!": "true!",
    "${no} ${yes}": "false true",
    "${ n }": 7,
    "${'}'}": "}",
    '${"a\'b"}': "a'b",
    "${'a\\'b'}": "a'b",
    "${'${'}": "${",
    "\nx ${n}\n": "\nx 7\n",
    "${\nn\n}": 7,
    # literals
    "${1}": 1,
    "${1.5}": 1.5,
    "${.5}": 0.5,
    "${1e3}": 1000.0,
    "${true}": True,
    "${false}": False,
    "${null}": None,
    "${'ä'}": "ä",
    # look-ups
    "${order.total}": 120,
    "${order['total']}": 120,
    "${order['first name']}": "Ada",
    "${order.lines[0].sku}": "a",
    "${xs[1]}": 1,
    "${xs['1']}": 1,
    "${xs[9]}": None,
    "${xs[-1]}": None,
    "${order.missing}": None,
    "${none.x.y}": None,
    "${none[0]}": None,
    "${order.missing.x}": None,
    "${order[1]}": "one",
    "${order[none]}": None,
    "${order.empty}": 5,
    # arithmetic
    "${n + 1}": 8,
    "${n - 1}": 6,
    "${n * 2}": 14,
    "${n / 2}": 3.5,
    "${n div 2}": 3.5,
    "${6 / 2}": 3.0,
    "${n % 4}": 3,
    "${n mod 4}": 3,
    "${-n}": -7,
    "${-n % 4}": -3,
    "${f % 2}": 0.5,
    "${-f % 2}": -0.5,
    "${1 + 2 * 3}": 7,
    "${(1 + 2) * 3}": 9,
    "${10 - 3 - 2}": 5,
    "${none + 1}": 1,
    "${five + 1}": 6,
    "${'1.5' + 1}": 2.5,
    "${empty_ + 1}": 1,
    "${- -n}": 7,
    # comparison
    "${n == 7}": True,
    "${n eq 7}": True,
    "${n != 7}": False,
    "${n ne 8}": True,
    "${n < 8}": True,
    "${n lt 7}": False,
    "${n <= 7}": True,
    "${n le 6}": False,
    "${n > 6}": True,
    "${n gt 7}": False,
    "${n >= 7}": True,
    "${n ge 8}": False,
    "${five == 5}": True,
    "${5 == five}": True,
    "${five > 4}": True,
    "${t == 'abc'}": True,
    "${t < 'abd'}": True,
    "${none == null}": True,
    "${none == 0}": False,
    "${none < 1}": False,
    "${none <= none}": True,
    "${none < none}": False,
    "${yes == 'true'}": True,
    "${yes == 'no'}": False,
    "${yes == 1}": False,
    "${xs == xs}": True,
    "${order.total > 100 and order.total < 200}": True,
    "${1.0 == 1}": True,
    # logic
    "${yes && no}": False,
    "${yes and yes}": True,
    "${no || yes}": True,
    "${no or no}": False,
    "${!yes}": False,
    "${not no}": True,
    "${'true' && yes}": True,
    "${none || yes}": True,
    "${!none}": True,
    "${yes ? 1 : 2}": 1,
    "${no ? 1 : yes ? 2 : 3}": 2,
    "${n > 5 ? 'big' : 'small'}": "big",
    "${no && missing}": False,
    "${yes || missing}": True,
    "${yes || no && no}": True,
    "${!no && no}": False,
    # empty
    "${empty none}": True,
    "${empty empty_}": True,
    "${empty t}": False,
    "${empty xs}": False,
    "${not empty xs}": True,
    "${!empty order.missing}": False,
    "${empty 0}": False,
    "${empty order.lines && yes}": False,
    # joining texts, lists and maps
    "${t += '-' += n}": "abc-7",
    "${n + 1 += none}": "8",
    "${t += 1 == 'abc1'}": True,
    "${[1, n, [t]]}": [1, 7, ["abc"]],
    "${[]}": [],
    "${{}}": {},
    "${{'a': n, \"b\": {'c': [yes]}}}": {"a": 7, "b": {"c": [True]}},
    "x${{'a': 1}.a}y": "x1y",
    "${empty [] && empty {}}": True,
    # functions
    "${len(xs)}": 3,
    "${max(1, n)}": 7,
    "${str(n)}": "7",
    "${round(f)}": 2,
    "${today()}": "1970-01-01",
    "${matches('^a', t)}": True,
    "${sum(xs) + 1}": 7,
    "${int('3') + float('1')}": 4.0,
}


@pytest.mark.parametrize("source", CASES)
def test_expression_gives_its_result(source):
    result = compile_expression(source, "juel").evaluate(VARIABLES)
    assert result == CASES[source]
    assert type(result) is type(CASES[source])


REFUSED = {
    "${t.contains()}": "one argument",
    "${t.contains('a', 'b')}": "one argument",
    "${": "'}' at the end",
    "a ${n": "'}' at the end",
    "${}": "a value but found '}'",
    "${n n}": "'}' or an operator but found 'n'",
    "${n +}": "a value but found '}'",
    "${(n}": "')' but found",
    "${xs[1}": "']' but found",
    "${n ? 1}": "':' but found",
    "${n; m}": "service task",
    "${n = 5}": "use ==",
    "${x -> x}": "service task",
    "${n.}": "a name after '.'",
    "${n.5}": "an operator but found '.5'",
    "${@x}": "found '@'",
    "${'a}": "found '''",
    "${{1: 2}}": "key in quotation marks",
    "${{'a': 1}": "'}' at the end",
    "${[1 2]}": "',' but found",
    "${{'a' 1}}": "':' but found",
    "${n instanceof x}": "service task",
    "${execution.setVariable('a', 1)}": "output parameter",
    "${execution.getVariable('a')}": "the variable's name",
    "${t.equals('a')}": "use ==",
    "${xs.size()}": "len(...)",
    "${t.toString()}": "str(...)",
    "${t.getClass().forName('java.lang.Runtime')}": "Java method",
    "${''.getClass()}": "Java method",
    "${runtime.exec('id')}": "service task",
    "${bean.work(order)}": "service task",
    "${exec('id')}": "service task",
    "${open('/etc/passwd')}": "service task",
    "${len()}": "like len(x)",
    "${len(1, 2)}": "like len(x)",
    "${len(1 2)}": "',' but found '2'",
    "${__class__}": "without leading '__'",
    "${sorted(xs)}": "function that exists",
    "${1e999}": "finite",
    "${" + "9" * 400 + "}": "1024 bits",
    "${and}": "a value but found 'and'",
    "${n.x.y(1)}": "Java method",
}
REFUSED["${and}"] = "a value but found '&&'"


@pytest.mark.parametrize("source", REFUSED)
def test_text_is_refused(source):
    with pytest.raises(SyntaxRefused) as refusal:
        compile_expression(source, "juel")
    assert REFUSED[source] in str(refusal.value)
    assert refusal.value.source == source
    assert refusal.value.line == 1


FAILURES = {
    "${n.contains('a')}": "a collection or a text",
    "${t.startsWith(1)}": "texts for 'startsWith'",
    "${missing}": "a variable 'missing'",
    "${n + 'x'}": "'+'",
    "${n + yes}": "a number but got a boolean",
    "${xs + 1}": "a number but got a list",
    "${1 / 0}": "divisor other than zero",
    "${1 % 0}": "divisor other than zero",
    "${1.5 % 0}": "divisor other than zero",
    "${n.x}": "a map or a list to look into but got an integer",
    "${t[0]}": "a map or a list",
    "${xs.first}": "an integer as the index",
    "${n && yes}": "true or false but got an integer",
    "${xs ? 1 : 2}": "true or false but got a list",
    "${!n}": "true or false",
    "x${xs}": "a text or a number within a text but got a list",
    "x${order}y": "pick a part",
    "${t < n}": "'<'",
    "${yes < t}": "'<'",
    "${t == 5}": "'=='",
    "${order.total.x}": "a map or a list",
    "${xs += 'a'}": "within a text but got a list",
    "${len(n)}": "a length",
}


@pytest.mark.parametrize("source", FAILURES)
def test_failing_evaluation_says_what_and_where(source):
    with pytest.raises(EvaluationFailed) as failure:
        compile_expression(source, "juel").evaluate(VARIABLES)
    assert FAILURES[source] in str(failure.value)
    assert failure.value.line == 1
    assert failure.value.source == source


def test_names_are_the_variables_it_reads():
    assert compile_expression("${a.b + len(c)} ${d[e]} plain", "juel").names == {"a", "c", "d", "e"}


def test_place_is_counted_in_the_whole_text():
    with pytest.raises(EvaluationFailed) as failure:
        compile_expression("text\nmore ${1 + missing}", "juel").evaluate({})
    assert (failure.value.line, failure.value.column) == (2, 12)


@pytest.mark.parametrize(
    "source, limit",
    [
        ("${t}" * 300, "string_length"),
        ("${big * big}", "integer_bits"),
        ("${str(xs)}", "string_length"),
    ],
)
def test_limits_hold_here_too(source, limit):
    compiled = compile_expression(source, "juel", Limits(string_length=800, integer_bits=64))
    with pytest.raises(LimitExceeded) as exceeded:
        compiled.evaluate({"t": "abc", "big": 2**60, "xs": list(range(1000))})
    assert exceeded.value.limit == limit
