"""All actions of one window: menus, keys, tool bar, tooltips and palette read this table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from motionstudio.gui.actions import (
    edits,
    explores,
    files,
    frames,
    futures,
    glimpses,
    helps,
    latents,
    models,
    numbers,
    pictures,
    searches,
    shaping,
    shell,
    steps,
    times,
    transfers,
    viewports,
    views,
)
from motionstudio.gui.actions.keymap import Keymap, Keys
from motionstudio.gui.actions.panes import PaneActions
from motionstudio.gui.actions.spec import ActionSpec, Behaviour, tooltip
from motionstudio.gui.actions.view_mode import with_reasons
from motionstudio.gui.theme.icons import set_icon
from motionstudio.gui.theme.tokens import Tokens

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_MENUS = (files, edits, views, viewports, times, transfers, frames, pictures, numbers, latents,
          models, glimpses, futures, steps, searches, shaping, explores, helps, shell)  # fmt: skip
SPECS: tuple[ActionSpec, ...] = tuple(spec for menu in _MENUS for spec in menu.SPECS)


class Group(Protocol):
    """What the actions of one menu do."""

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""


class Behaviours:
    """What every action does in one window.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.files = files.FileActions(window)
        self.edits = edits.EditActions(window)
        self.views = views.ViewActions(window)
        self.viewports = viewports.ViewportActions(window)
        self.times = times.TimeActions(window)
        self.transfers = transfers.TransferActions(window)
        self.frames = frames.FrameActions(window)
        self.pictures = pictures.PictureActions(window)
        self.numbers = numbers.NumberActions(window)
        self.latents = latents.LatentActions(window)
        self.models = models.ModelActions(window)
        self.glimpses = glimpses.GlimpseActions(window)
        self.futures = futures.FutureActions(window)
        self.steps = steps.StepActions(window)
        self.searches = searches.SearchActions(window)
        self.shaping = shaping.ShapingActions(window)
        self.helps = helps.HelpActions(window)
        self.shell = shell.ShellActions(window)
        self.explores = explores.ExploreActions(window)
        self.panes = PaneActions(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        groups: tuple[Group, ...] = (
            self.files, self.edits, self.views, self.viewports, self.times, self.transfers,
            self.frames, self.pictures, self.numbers, self.latents, self.models, self.glimpses,
            self.futures, self.steps, self.searches, self.shaping, self.helps, self.shell,
            self.explores, self.panes,
        )  # fmt: skip
        table = {name: behaviour for group in groups for name, behaviour in group.table().items()}
        return with_reasons(self._window, table)


class ActionTable(QObject):
    """The actions of one window, made from ``SPECS`` and what the window adds.

    Args:
        behaviours: one for each spec, by name.
        tokens: theme of the icons.
        more: specs of this window only: its panes.
        parent: Qt parent.

    Raises:
        ValueError: a spec has no behaviour, or a behaviour no spec.
    """

    def __init__(
        self,
        behaviours: dict[str, Behaviour],
        tokens: Tokens,
        parent: QObject | None = None,
        more: tuple[ActionSpec, ...] = (),
    ) -> None:
        super().__init__(parent)
        self.specs = (*SPECS, *more)
        odd = {spec.name for spec in self.specs} ^ set(behaviours)
        if odd:
            raise ValueError(f"ActionTable: specs and behaviours differ in {sorted(odd)}")
        self._behaviours = behaviours
        self.keymap = Keymap(self.specs)
        self._specs = {spec.name: spec for spec in self.specs}
        self._actions = {spec.name: self._make(spec, tokens) for spec in self.specs}
        self._reasons: dict[str, str] = {}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def all(self) -> dict[str, QAction]:
        """Every action by name, in the order of the table."""
        return dict(self._actions)

    def spec(self, name: str) -> ActionSpec:
        """The row of the table that an action was made from.

        Raises:
            KeyError: there is no such action.
        """
        return self._specs[name]

    def find(self, name: str) -> QAction | None:
        """An action by name, or None."""
        return self._actions.get(name)

    def why_not(self, name: str) -> str:
        """Why an action cannot be done now; empty when it can."""
        return self._behaviours[name].why_not()

    def refresh(self) -> None:
        """Enable what can be done; disabled actions say why in their tooltip."""
        for spec in self.specs:
            behaviour, action = self._behaviours[spec.name], self._actions[spec.name]
            reason = behaviour.why_not()
            if self._reasons.get(spec.name) != reason:
                self._reasons[spec.name] = reason
                action.setToolTip(self._tip(spec, reason))
                action.setEnabled(not reason)
            if behaviour.checked is not None:
                action.setChecked(behaviour.checked())

    def set_keys(self, changed: Keys) -> None:
        """Take other shortcuts; tooltips, palette and sheet show them from now on."""
        before, self.keymap = self.keymap, Keymap(self.specs, changed)
        for spec in self.specs:
            keys = self.keymap.keys(spec.name)
            if keys != before.keys(spec.name):
                self._actions[spec.name].setShortcuts([QKeySequence(key) for key in keys])
        self._reasons.clear()  # Tooltips name the keys.
        self.refresh()

    def _tip(self, spec: ActionSpec, reason: str) -> str:
        return tooltip(spec, reason, self.keymap.keys(spec.name))

    def _make(self, spec: ActionSpec, tokens: Tokens) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setToolTip("")
        if spec.short:
            action.setIconText(spec.short)
        if spec.icon:
            set_icon(action, spec.icon, tokens)
        action.triggered.connect(self._run)
        return action

    def _run(self) -> None:
        # One bound method instead of a closure for each action: nothing keeps the window alive.
        sender = self.sender()
        if sender is not None:
            self._behaviours[sender.objectName()].run()
