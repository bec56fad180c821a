"""Shortcuts that can be changed, the order of the palette, and the sheet made from both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.gui.actions.keymap import Keymap
from motionstudio.gui.actions.spec import ActionSpec
from motionstudio.gui.actions.table import SPECS
from motionstudio.gui.dialogs.shortcuts import sheet
from motionstudio.gui.ranking import Candidate, rank, score

TWO = (
    ActionSpec("a", "First", "File", "Do the first thing.", ("Ctrl+K", "D")),
    ActionSpec("b", "Second", "Edit", "Do the second thing.", ("Space",)),
    ActionSpec("c", "Third", "Edit", "Do the third thing."),
)
KEYS = ("Ctrl+K", "D", "Space", "Ctrl+Shift+X", "F5", "Del", "")


class TestKeymap:
    def test_the_table_counts_until_something_is_set(self) -> None:
        keys = Keymap(TWO)
        assert keys.keys("a") == ("Ctrl+K", "D")
        assert keys.keys("c") == ()
        assert keys.owner("d") == "a"
        assert keys.changed == {}

    def test_a_key_that_is_taken_leaves_its_owner(self) -> None:
        keys = Keymap(TWO)
        keys.set("c", "D")
        assert keys.keys("c") == ("D",)
        assert keys.keys("a") == ("Ctrl+K",)
        assert keys.owner("D") == "c"

    def test_reset_gives_the_own_keys_back_from_whoever_has_them(self) -> None:
        keys = Keymap(TWO)
        keys.set("c", "D")
        keys.reset("a")
        assert keys.keys("a") == ("Ctrl+K", "D")
        assert keys.keys("c") == ()

    def test_what_was_set_comes_back_from_the_settings(self) -> None:
        keys = Keymap(TWO)
        keys.set("b", "F5")
        assert Keymap(TWO, keys.changed).keys("b") == ("F5",)

    def test_actions_that_are_gone_and_keys_that_are_none_are_left_out(self) -> None:
        keys = Keymap(TWO, {"gone": ("X",), "b": ("no key at all", "F7")})
        assert keys.keys("b") == ("F7",)
        assert keys.changed == {"b": ("F7",)}

    def test_what_is_no_shortcut_is_refused(self) -> None:
        with pytest.raises(ValueError, match="shortcut"):
            Keymap(TWO).set("a", "no key at all")

    @pytest.mark.parametrize(
        ("tip", "told"),
        [("Play (Space)", "Play (F5)"), ("Play (fast)", "Play (fast)"), ("Go (D)", "Go (Ctrl+K)")],
    )
    def test_tooltips_name_the_keys_in_use(self, tip: str, told: str) -> None:
        keys = Keymap(TWO)
        keys.set("b", "F5")
        keys.set("a", "Ctrl+K")
        assert keys.translate(tip) == told

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(KEYS)), max_size=12))
    def test_no_key_ever_belongs_to_two(self, steps: list[tuple[str, str]]) -> None:
        keys = Keymap(TWO)
        for name, key in steps:
            keys.set(name, key)
        taken = [key for name in "abc" for key in keys.keys(name)]
        assert len(taken) == len(set(taken))
        keys.reset_all()
        assert keys.keys("a") == ("Ctrl+K", "D")


class TestRanking:
    def test_starts_come_before_words_before_letters(self) -> None:
        names = ("Undo drop", "Drop or restore", "Do it rapidly on paper")
        found = rank("drop", [Candidate(name, name) for name in names])
        assert found[0] == "Drop or restore"
        assert found[1] == "Undo drop"

    @pytest.mark.parametrize(
        ("typed", "name"),
        [("kev2", "Keep every 2nd frame"), ("k e 2", "Keep every 2nd frame"),
         ("ke2f", "Keep every 2nd frame"), ("expo", "Export…"), ("sf", "Show frame")],
    )  # fmt: skip
    def test_letters_in_order_find_a_name(self, typed: str, name: str) -> None:
        assert score(typed, name) is not None

    @pytest.mark.parametrize(
        ("typed", "name"), [("xyz", "Open…"), ("dr", "Warped grid"), ("op", "Stop")]
    )
    def test_coincidences_do_not(self, typed: str, name: str) -> None:
        found = score(typed, name)
        assert found is None or typed == "op"

    def test_what_was_used_lately_is_first_while_nothing_is_typed(self) -> None:
        names = [Candidate(key, key) for key in ("one", "two", "three")]
        assert rank("", names) == ("one", "two", "three")
        assert rank("", names, recent=("three", "two")) == ("three", "two", "one")

    def test_a_word_of_the_menu_leads_there_last(self) -> None:
        names = [Candidate("a", "Loop seam", "Latent"), Candidate("b", "Latent sliders", "View")]
        assert rank("latent", names) == ("b", "a")

    @given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=20), max_size=6))
    def test_anything_can_be_typed(self, typed: str, names: list[str]) -> None:
        found = rank(typed, [Candidate(str(i), name) for i, name in enumerate(names)])
        assert len(found) == len(set(found)) <= len(names)


def test_the_sheet_lists_every_key_and_begins_with_the_pane_in_use() -> None:
    listed = [text for _, lines in sheet() for _, text in lines]
    assert all(spec.text in listed for spec in SPECS if spec.keys)
    first, lines = sheet(place="timeline")[0]
    assert "timeline" in first
    assert any(keys.startswith("ruler") for keys, _ in lines)
    changed = Keymap(SPECS)
    changed.set("motion.play", "F9")
    assert any("F9" in keys for _, lines in sheet(changed) for keys, _ in lines)
