"""What an uploaded file may be, and what it is told if it may not."""

import io
import re
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from summaries.correcting import files
from summaries.correcting.files import Line, UnreadableFile, read_lines

# Workbooks know no time zones.
MIDNIGHT = datetime(2024, 3, 5)  # noqa: DTZ001


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_dimension(content, cells):
    """The workbook, of which the sheet says that it is these cells."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = re.sub(
                rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % cells, old.read(name)
            )
            new.writestr(name, text)
    return file.getvalue()


def refused(content):
    with pytest.raises(UnreadableFile) as caught:
        read_lines(content)
    return str(caught.value)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_in_utf_8_with_and_without_its_mark(mark, newline):
    text = mark + newline.join(["day,why", "", '1,"Zoë, and', 'a line"', " , ", "2,b", ""])
    lines = read_lines(text.encode())
    assert [line.number for line in lines] == [3, 5]
    assert lines[0].cells == {"day": "1", "why": f"Zoë, and{newline}a line"}


def test_cells_of_a_workbook_become_what_they_show():
    content = workbook(
        ["Day", "MWh", "n", "text", None],
        [date(2024, 3, 5), 12.7333333333, 7, " a "],
        [],
        [MIDNIGHT, 2.0, True, None],
        [MIDNIGHT.replace(hour=1), -0.1, None, "1.50"],
    )
    assert read_lines(content) == [
        Line(2, {"day": "2024-03-05", "mwh": "12.7333333333", "n": "7", "text": "a"}),
        Line(4, {"day": "2024-03-05", "mwh": "2", "n": "True", "text": ""}),
        Line(5, {"day": "2024-03-05T01:00:00", "mwh": "-0.1", "n": "", "text": "1.50"}),
    ]


@pytest.mark.parametrize("cells", [b"A1", b"A1:A2", b"A1:B2", b"A1:XFD1048576"])
def test_no_row_or_column_is_lost_by_what_a_workbook_says_of_its_size(cells):
    content = workbook(["a", "b"], [1, 2], [3, 4])
    assert read_lines(with_dimension(content, cells)) == [
        Line(2, {"a": "1", "b": "2"}),
        Line(3, {"a": "3", "b": "4"}),
    ]


def test_formulas_keep_their_equals_sign():
    assert read_lines(workbook(["a"], ["=1+1"]))[0].cells["a"].startswith("=")
    assert read_lines(b"a\n=1+1\n")[0].cells["a"].startswith("=")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2".encode("utf-16"), "CSV in UTF-8"),
        ("Zoë".encode("latin-1"), "CSV in UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "CSV in UTF-8"),
        (b"a,b\n1,\x002", "no table"),
        (b'a,b\n1,"2', "not CSV"),
        (b"a\n" + b"x" * 200_000, "not CSV"),
        (b"", "no row"),
        (b"a,b\n\n , \n", "no row"),
        (b"a,a\n1,2", "'a' is there twice"),
        (b"a,b\n1,2,3", "Row 2 has more cells"),
        (b"PK\x03\x04 and nothing else", "no XLSX workbook"),
        (workbook(["a"], [1])[:-200], "no XLSX workbook"),
    ],
    ids=range(12),
)
def test_what_is_no_table_is_refused_with_a_sentence(content, said):
    assert said in refused(content)


def test_a_zip_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "no XLSX workbook" in refused(file.getvalue())


def test_a_workbook_without_a_sheet_is_refused():
    book = Workbook()
    book.create_chartsheet()
    book.remove(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    assert "no XLSX workbook" in refused(file.getvalue())


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (files.LARGEST_UNPACKED_BYTES + 1))
    assert len(file.getvalue()) < 100_000
    assert "unpacks to too much" in refused(file.getvalue())


def test_a_large_file_is_not_read():
    assert "larger than 5 MB" in refused(b"a" * (files.LARGEST_FILE_BYTES + 1))


def test_5000_rows_are_taken_and_no_more():
    rows = b"a\n" + b"1\n" * files.MOST_ROWS
    assert len(read_lines(rows)) == 5_000
    assert "more than 5,000 rows" in refused(rows + b"1\n")


def test_a_row_far_below_is_found_where_it_is():
    book = Workbook()
    book.active["A1"] = "a"
    book.active["A100000"] = 1
    file = io.BytesIO()
    book.save(file)
    assert read_lines(file.getvalue()) == [Line(100_000, {"a": "1"})]


def with_part(content, name, change):
    """The workbook with one of its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, change(text) if part == name else text)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_row_with_a_giant_number_does_not_make_all_rows_before_it():
    content = with_part(
        workbook(["a"], [1]), SHEET, lambda xml: xml.replace(b'r="2"', b'r="4000000000"')
    )
    assert refused(content) == "The file has rows below row 200,000. Remove the blank ones."


def test_a_text_that_no_spreadsheet_holds_is_refused():
    content = with_part(
        workbook(["a"], [1]),
        SHEET,
        lambda xml: xml.replace(b">a<", b">" + b"a" * 40_000 + b"<"),
    )
    assert "Row 1 has a text of more than 32,767 letters" in refused(content)
    assert "Row 2 has a text" in refused(b"a\n" + b"x" * 40_000)


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha" * 50) for n in range(10)
)


@pytest.mark.parametrize(
    "declared",
    [LAUGHS + b'<!ENTITY x "&l9;">', b'<!ENTITY x SYSTEM "file:///etc/passwd">'],
    ids=["a billion laughs", "a file of the server"],
)
def test_entities_of_xml_are_not_followed(declared):
    def put(xml):
        start = xml.index(b"<worksheet")
        doctype = b"<!DOCTYPE worksheet [" + declared + b"]>"
        return xml[:start] + doctype + xml[start:].replace(b"<v>1</v>", b"<v>&x;</v>")

    content = with_part(workbook(["a"], [1]), SHEET, put)
    assert b"&x;" in zipfile.ZipFile(io.BytesIO(content)).read(SHEET)
    try:
        lines = read_lines(content)
    except UnreadableFile as told:
        assert "no XLSX workbook" in str(told)
    else:
        assert "root:" not in str(lines) and len(str(lines)) < 1_000
