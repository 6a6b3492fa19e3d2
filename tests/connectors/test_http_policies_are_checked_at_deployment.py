"""A wrong HTTP policy is found when the diagram is deployed, and still refused when a job runs."""

import pytest

from engine.connectors import Failed


@pytest.mark.parametrize(
    "properties,words",
    [
        ({"http.error.40": "X"}, "Expected a status pattern"),
        ({"http.error.timeout": "X"}, "Expected a status pattern"),
        ({"http.error.404-400": "X"}, "Expected a status pattern"),
        ({"http.error.100": "X"}, "Expected a status pattern"),
        ({"http.error.409": " "}, "needs a BPMN error code"),
        ({"http.retry": "5xx, often"}, "got 'often'"),
        ({"http.redirects": "yes"}, "Expected one of refuse, follow"),
        ({"http.answer": "xml"}, "Expected one of auto, text, none"),
        ({"http.retries": "3"}, "got 'http.retries'"),
        ({"http.eror.409": "X"}, "got 'http.eror.409'"),
    ],
)
def test_each_wrong_property_is_an_error(connectors, call, properties, words):
    connector = connectors()
    findings = connector.check("http", frozenset({"url"}), properties)
    assert len(findings) == 1
    sentence, _hint = findings[0]
    assert words in sentence
    assert findings[0].severity == "error"
    outcome = connector.run(call(url="http://127.0.0.1/", _properties=properties))
    assert isinstance(outcome, Failed)
    assert (outcome.message, outcome.retryable) == (sentence, False)


def test_a_near_miss_gets_a_suggestion(connectors):
    ((_, hint),) = connectors().check("http", frozenset({"url"}), {"http.redirect": "follow"})
    assert "'http.redirects'" in hint


def test_a_good_task_has_no_findings(connectors):
    properties = {
        "http.error.409": "A",
        "http.error.4XX": "B",
        "http.error.500-503": "C",
        "http.retry": "408, 5xx",
        "http.redirects": "follow",
        "http.answer": "none",
        "job.retries": "3",
        "anything": "else",
    }
    inputs = frozenset({"url", "method", "headers", "query", "body", "timeout_seconds"})
    assert connectors().check("http", inputs, properties) == []


def test_a_missing_url_is_an_error_and_an_unread_input_a_warning(connectors):
    findings = connectors().check("http", frozenset({"urk"}), {})
    assert [finding.severity for finding in findings] == ["error", "warning"]
    assert "needs an input 'url'" in findings[0][0]
    assert "got urk" in findings[1][0]
