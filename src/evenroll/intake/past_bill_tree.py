"""Past bills as YAML or JSON: a list of bills with their reads and lines, as the same rows that a table has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from evenroll.intake.columns import normalized
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.past_bill_cells import COLUMNS, RawRow, ReadWord
from evenroll.programs.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode, YamlRefused, nodes_of

ENDINGS: Final = frozenset({".yaml", ".yml", ".json"})
BYTES_MAX: Final = 64 * 2**20
LEVELS_MAX: Final = 20
_READS: Final = {"reads": ReadWord.READ, "demands": ReadWord.READ_DEMAND}
_NULL: Final = "tag:yaml.org,2002:null"


def rows_of_tree(path: Path) -> tuple[list[RawRow], tuple[str, ...]]:
    """The rows of a file, each with its line, and the names that are not known.

    Raises FileRefused with the line where it is no list of bills.
    """
    tree = _Tree(path)
    return list(tree.rows()), tuple(sorted(tree.not_read))


class _Tree:
    """A file that is being read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.not_read: set[str] = set()

    def rows(self) -> Iterator[RawRow]:
        """Each bill, then its reads, then its lines."""
        root = self._root()
        bills = self._pairs(root).get("bills") if isinstance(root, MappingNode) else root
        if not isinstance(bills, SequenceNode):
            raise self._refused(root, "here stands no list of bills. Begin with `bills:` and a `-` for each")
        for bill in bills.value:
            yield from self._bill(bill)

    def _bill(self, bill: Node) -> Iterator[RawRow]:
        parts = self._pairs(bill)
        cells = self._cells(parts, besides=(*_READS, "lines"))
        number = cells.get("bill", "").strip()
        if not number:
            raise self._refused(bill, "this bill has no number. Write `bill:` and its number")
        yield RawRow(number=_line(bill), cells=cells)
        for name, word in _READS.items():
            if name in parts:
                for register, value in self._pairs(parts[name]).items():
                    told = {"bill": number, "line": word.value, "register": register, "quantity": self._text(value)}
                    yield RawRow(number=_line(value), cells=told)
        lines = parts.get("lines")
        if lines is not None and not isinstance(lines, SequenceNode):
            raise self._refused(lines, "here stands no list of lines. Begin each with a `-`")
        for line in lines.value if lines is not None else ():
            yield RawRow(number=_line(line), cells={**self._cells(self._pairs(line), besides=()), "bill": number})

    def _cells(self, parts: dict[str, Node], *, besides: tuple[str, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in parts.items():
            if name in besides:
                continue
            ours = next((each for each, column in COLUMNS.items() if name in (each, *column.other_names)), "")
            if not ours:
                self.not_read.add(name)
            elif ours in found:
                raise self._refused(value, f"{ours} stands twice, also under another name. Keep one")
            else:
                found[ours] = self._text(value)
        return found

    def _root(self) -> Node:
        try:
            if self.path.stat().st_size > BYTES_MAX:
                raise FileRefused(f"{self.path} is larger than {BYTES_MAX // 2**20} MiB. Give its bills as CSV.")
            text = self.path.read_text(encoding="utf-8-sig")
            root = nodes_of(text, characters_max=BYTES_MAX, levels_max=LEVELS_MAX)
        except OSError as error:
            raise FileRefused(f"{self.path} cannot be read ({error.strerror}). Check its name.") from None
        except UnicodeDecodeError:
            raise FileRefused(f"{self.path} is no UTF-8 text. Save it as UTF-8.") from None
        except YamlRefused as refused:
            raise FileRefused(
                f"{self.path}, line {refused.line}: {refused.reason.rstrip('.')}; see docs/match_bills.md."
            ) from None
        if root is None:
            raise FileRefused(f"{self.path} is empty. Write `bills:` and a `-` for each bill.")
        return root

    def _pairs(self, node: Node) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            raise self._refused(node, "here stand no names with values. Write `name: value`")
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = normalized(str(key.value))
            if name in found:
                raise self._refused(key, f"{name} stands twice. Keep one")
            found[name] = value
        return found

    def _text(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            raise self._refused(node, "here stands no single value. Write one")
        return "" if node.tag == _NULL else str(node.value)

    def _refused(self, node: Node, why: str) -> FileRefused:
        return FileRefused(f"{self.path}, line {_line(node)}: {why}; see docs/match_bills.md.")


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
