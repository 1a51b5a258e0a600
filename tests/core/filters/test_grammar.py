"""Text to tree and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.errors import FilterError
from hopscope.filters.operators import OPERATORS, Operand
from hopscope.filters.parser import DEEPEST, parse
from hopscope.filters.transformers import TRANSFORMERS
from hopscope.filters.tree import And, Check, FieldName, Node, Not, Or, Value
from hopscope.filters.writing import write


def check(name: str, operator: str, *values: str, argument: str | None = None) -> Check:
    return Check(FieldName(name, argument), operator, tuple(Value(value) for value in values))


def around(name: str, *transformers: str) -> FieldName:
    return FieldName(name, transformers=transformers)


VAL = check("proc.name", "=", "val")
LOWER_EXISTS = Check(around("proc.name", "tolower"), "exists")
A, B, C = (check("proc.name", "=", name) for name in "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("proc.name=a", A),
        ("proc.name == a", A),
        ("  proc.name\n=\ta ", A),
        ("proc.name='a'", A),
        ('proc.name="a"', A),
        ("proc.name=a or proc.name=b and proc.name=c", Or((A, And((B, C))))),
        ("(proc.name=a or proc.name=b) and proc.name=c", And((Or((A, B)), C))),
        ("proc.name=a and proc.name=b and proc.name=c", And((A, B, C))),
        ("not proc.name=a and proc.name=b", And((Not(A), B))),
        ("not(proc.name=a or proc.name=b)", Not(Or((A, B)))),
        ("not not proc.name=a", A),
        ("not not not proc.name=a", Not(A)),
        ("not (not proc.name=a)", Not(Not(A))),
        ("proc.name=a and(proc.name=b)or(proc.name=c)", Or((And((A, B)), C))),
        ("fd.name exists", check("fd.name", "exists")),
        ("evt.type in(open,close)", check("evt.type", "in", "open", "close")),
        ("evt.type in ( open , 'a b' )", check("evt.type", "in", "open", "a b")),
        ("evt.type in ()", check("evt.type", "in")),
        ("fd.name pmatch (/etc, /usr/lib)", check("fd.name", "pmatch", "/etc", "/usr/lib")),
        ("evt.num<=10", check("evt.num", "<=", "10")),
        ("evt.dir=<", check("evt.dir", "=", "<")),
        ("evt.dir = >", check("evt.dir", "=", ">")),
        ("evt.rawres=-2", check("evt.rawres", "=", "-2")),
        ("proc.cmdline contains a=b,c", check("proc.cmdline", "contains", "a=b,c")),
        ("proc.aname[2]=sh", check("proc.aname", "=", "sh", argument="2")),
        ("proc.env['A B']=1", check("proc.env", "=", "1", argument="A B")),
        ("k8s.pod.label.pod-template-hash=1", check("k8s.pod.label.pod-template-hash", "=", "1")),
        ("fd.name=10.0.0.1:1->10.0.0.2:2", check("fd.name", "=", "10.0.0.1:1->10.0.0.2:2")),
        ("fd.name=or", check("fd.name", "=", "or")),
        ('proc.env["A B"]=1', check("proc.env", "=", "1", argument="A B")),
        ("proc.env[A]=1", check("proc.env", "=", "1", argument="A")),
        ("tolower(proc.name)=a", Check(around("proc.name", "tolower"), "=", (Value("a"),))),
        (
            "len( basename( proc.exe ) )>3",
            Check(around("proc.exe", "len", "basename"), ">", (Value("3"),)),
        ),
        ("proc.name=val(proc.pname)", Check(FieldName("proc.name"), "=", (FieldName("proc.pname"),))),
        (
            "proc.name = val( proc.aname[2] )",
            Check(FieldName("proc.name"), "=", (FieldName("proc.aname", "2"),)),
        ),
        (
            "toupper(proc.name)=toupper(proc.pname)",
            Check(around("proc.name", "toupper"), "=", (around("proc.pname", "toupper"),)),
        ),
        (
            "proc.name=val(tolower(proc.pname))",
            Check(FieldName("proc.name"), "=", (around("proc.pname", "tolower"),)),
        ),
        ("proc.name=val and tolower(proc.name) exists", And((VAL, LOWER_EXISTS))),
        ("proc.name='val(x)'", check("proc.name", "=", "val(x)")),
    ],
)
def test_text_means_tree(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\"b"', 'a"b'),
        (r"'a\'b'", "a'b"),
        (r'"it' + "'" + r's"', "it's"),
        (r'"\b\f\n\r\t\\\/"', "\b\f\n\r\t\\/"),
        (r'"\x41\x0a"', "A\n"),
        (r'"\xff"', "\udcff"),
        (r'"\xc3\xa9"', "é"),
        ('"é (x)"', "é (x)"),
        (r"/a\b", r"/a\b"),
        ('""', ""),
    ],
)
def test_values_without_quotes_and_escapes(text: str, value: str) -> None:
    tree = parse(f"fd.name={text}")
    assert isinstance(tree, Check)
    assert tree.values == (Value(value),)


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "the filter is empty"),
        ("   ", 3, "the filter is empty"),
        ("proc.name", 9, "an operator is missing behind proc.name"),
        ("proc.name =", 11, "a value is missing behind ="),
        ("proc.name contans x", 10, "an operator was expected and not 'contans'"),
        ("proc.name = (a)", 12, "a value is missing behind ="),
        ("proc.name in a", 13, "a list in brackets is missing behind in"),
        ("proc.name in (a", 15, "a comma or ) is missing in the list"),
        ("proc.name in (a,)", 16, "a value is missing behind the comma"),
        ("(proc.name=a", 12, "a ) is missing at the end"),
        ("proc.name=a)", 11, "this ) closes nothing"),
        ("proc.name=a proc.name=b", 12, "and, or or the end was expected and not 'proc.name=b'"),
        ("proc.name=a AND proc.name=b", 12, "and, or or the end was expected and not 'AND'"),
        ("proc.name=a and", 15, "a condition is missing at the end"),
        ("and proc.name=a", 0, "a field was expected and not 'and'"),
        ("curl", 0, "a field was expected and not 'curl'"),
        ("!proc.name=a", 0, "a field was expected and not '!proc.name=a'"),
        ("proc.name='a", 10, "the quote ' is never closed"),
        (r'proc.name="a\q"', 12, r"there is no escape \q; a backslash itself is written \\"),
        (r'proc.name="\x4"', 11, r"\x needs two hexadecimal digits"),
        ("proc.aname[=a", 13, "a ] is missing"),
        ("proc.aname[]=a", 11, "an argument is missing between the brackets [ ]"),
        ("proc.namecontains a", 18, "an operator was expected and not 'a'"),
        ("tolowr(proc.name)=a", 0, "there is no transformer tolowr()"),
        ("proc.name=join(a)", 10, "there is no transformer join()"),
        ("val(proc.name)=a", 0, "val() stands on the right side only"),
        ("tolower(proc.name=a", 17, "the ) of tolower() is missing"),
        ("proc.name=val(proc.pname", 24, "the ) of val() is missing"),
        ("tolower()=a", 8, "a field was expected and not ')'"),
        ("proc.name in shells", 13, "a list in brackets is missing behind in"),
        ("proc.name in val(proc.aname)", 13, "a list in brackets is missing behind in"),
    ],
)
def test_mistakes_are_shown_at_their_place(text: str, position: int, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert str(caught.value) == message
    assert caught.value.position == position
    assert caught.value.text == text
    assert caught.value.pointer().splitlines()[-2] == " " * position + "^"


def test_hints_name_what_may_be_meant() -> None:
    with pytest.raises(FilterError) as caught:
        parse("proc.name contans x")
    assert caught.value.hint == "perhaps contains is meant"
    with pytest.raises(FilterError) as caught:
        parse("proc.name=a Or proc.name=b")
    assert caught.value.hint == "and and or are written in lower case"


def test_macros_and_named_lists_are_refused_in_words() -> None:
    with pytest.raises(FilterError) as caught:
        parse("spawned_process and proc.name=a")
    assert str(caught.value) == "a field was expected and not 'spawned_process'"
    assert caught.value.hint.startswith("macros have no meaning here")
    with pytest.raises(FilterError) as caught:
        parse("proc.name in shells")
    assert caught.value.hint == "lists have no names here; write in (a, b)"


def test_transformers_nest_a_hundred_times_and_no_more() -> None:
    nested = around("proc.name", *("tolower",) * DEEPEST)
    assert parse(f"{nested}=a") == Check(nested, "=", (Value("a"),))
    with pytest.raises(FilterError, match="nested more than 100 times"):
        parse(f"tolower({nested})=a")


def test_brackets_nest_a_hundred_times_and_no_more() -> None:
    assert parse("(" * DEEPEST + "proc.name=a" + ")" * DEEPEST) == A
    with pytest.raises(FilterError) as caught:
        parse("(" * (DEEPEST + 1) + "proc.name=a" + ")" * (DEEPEST + 1))
    assert caught.value.position == DEEPEST
    assert "nested more than 100 times" in str(caught.value)


def test_brackets_that_were_closed_do_not_count() -> None:
    text = " and ".join(["(proc.name=a)"] * (DEEPEST + 5))
    assert parse(text) == And((A,) * (DEEPEST + 5))


names = st.from_regex(r"[a-z]{1,6}(\.[a-z][a-z0-9_]{0,5}){1,2}", fullmatch=True)
texts = st.text(max_size=12).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
values = texts | st.binary(max_size=4).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
transformers = st.lists(st.sampled_from(sorted(TRANSFORMERS)), max_size=3).map(tuple)
fields = st.builds(FieldName, names, st.none() | texts, transformers=transformers)


@st.composite
def any_check(draw: st.DrawFn) -> Check:
    operator = draw(st.sampled_from(list(OPERATORS.values())))
    count = {Operand.NOTHING: (0, 0), Operand.VALUE: (1, 1), Operand.LIST: (0, 4)}[operator.operand]
    if operator.operand is Operand.VALUE and draw(st.booleans()):
        return Check(draw(fields), operator.name, (draw(fields),))
    chosen = draw(st.lists(values, min_size=count[0], max_size=count[1]))
    return Check(draw(fields), operator.name, tuple(Value(value) for value in chosen))


trees: st.SearchStrategy[Node] = st.recursive(
    any_check(),
    lambda child: (
        st.builds(Not, child)
        | st.builds(And, st.lists(child, min_size=2, max_size=4).map(tuple))
        | st.builds(Or, st.lists(child, min_size=2, max_size=4).map(tuple))
    ),
    max_leaves=12,
)


@given(trees)
def test_every_tree_can_be_written_and_read_again(tree: Node) -> None:
    text = write(tree)
    assert parse(text) == tree
    assert write(parse(text)) == text


def position_of_mistake(text: str) -> int | None:
    try:
        tree = parse(text)
    except FilterError as wrong:
        return wrong.position
    assert parse(write(tree)) == tree
    return None


words = st.sampled_from(["tolower(", "len(", "val(", ")", "proc.name", "=", " and ", "evt.num", "a", "["])


@given(
    st.lists(words, max_size=12).map("".join)
    | st.text(max_size=60)
    | st.text(alphabet="()=!<>\"'\\, anortixcf.d[]1", max_size=60)
)
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    position = position_of_mistake(text)
    assert position is None or 0 <= position <= len(text)
