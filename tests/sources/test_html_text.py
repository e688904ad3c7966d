from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assent.sources.html_text import to_prose


def _code(html: str) -> list[str]:
    prose = to_prose(html)
    return [prose.text[span.start : span.end] for span in prose.code]


def test_paragraphs_lines_and_items_keep_their_shape():
    html = "<p>One  <b>two</b>,\nthree<br />four</p>\n\n<ul>\n<li>five</li>\n<li>six</li>\n</ul>\n"
    assert to_prose(html).text == "One two, three\nfour\n\n- five\n- six"


def test_entities_are_decoded_once():
    assert to_prose("<p>a &lt;b&gt; &amp;amp; caf&eacute; &#8364;</p>").text == "a <b> &amp; café €"


def test_code_keeps_its_text_and_its_line_breaks():
    html = "<p>Call <code>f()</code>:</p><pre><code>if x:\n    y\n</code></pre><p>done</p>"
    assert to_prose(html).text == "Call f():\n\nif x:\n    y\n\ndone"


def test_code_is_marked_where_it_stands():
    assert _code("<p>Call <code>f()</code> é <code>@g</code></p><pre><code>h\n</code></pre>") == ["f()", "@g", "h"]


def test_scripts_are_not_text():
    assert to_prose("<p>a</p><script>alert(1)</script><p>b</p>").text == "a\n\nb"


def test_unbalanced_markup_does_no_harm():
    assert to_prose("</code></p>a<pre><code>b").text == "a\n\nb"


@given(st.text(alphabet="<>/ab codepr&;\n \"='!-", max_size=60))
def test_any_input_gives_text_whose_code_lies_inside_it(html):
    prose = to_prose(html)
    assert all(0 <= span.start <= span.end <= len(prose.text) for span in prose.code)
