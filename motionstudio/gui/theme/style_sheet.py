"""The short style sheet, written from the tokens: what the palette alone cannot say."""

from __future__ import annotations

from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, RADIUS, SPACE_S, SPACE_XS, Tokens

_TEMPLATE = """
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: {xs}px; }}
QToolButton {{ border: 1px solid transparent; border-radius: {radius}px; padding: 3px; }}
QToolButton:hover {{ background: {held}; }}
QToolButton:pressed, QToolButton:checked, QPushButton:checked {{
  background: {held}; border-color: {disabled}; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QPushButton {{ background: {raised}; color: {text}; border: 1px solid {line};
  border-radius: {radius}px; padding: {xs}px {m}px; min-height: {inner}px; }}
QPushButton:hover {{ border-color: {disabled}; }}
QPushButton:pressed {{ background: {line}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {disabled}; }}
QPushButton[primary="true"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton[primary="true"]:disabled {{ background: {raised}; color: {disabled};
  border-color: {line}; }}
QPushButton[primary="true"]:focus {{ border-color: {text}; }}
QPushButton[quiet="true"] {{ background: transparent; border-color: transparent;
  text-align: left; min-height: 0; padding: 2px {s}px; }}
QPushButton[quiet="true"]:hover {{ background: {line}; }}
QPushButton[quiet="true"]:focus {{ border-color: {accent}; }}
QPushButton[small="true"] {{ padding: 0 {s}px; min-height: 0; }}
QLineEdit {{ background: {canvas}; color: {text}; border: 1px solid {line};
  border-radius: {radius}px; padding: 1px {xs}px;
  selection-background-color: {accent}; selection-color: {on_accent}; }}
QLineEdit:focus {{ border-color: {accent}; }}
QLineEdit:disabled {{ color: {disabled}; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ background: transparent; border: none;
  padding: 0; }}
QMenu {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: {xs}px; }}
QMenu::item {{ padding: {xs}px {l}px; border-radius: {radius}px; }}
QMenu::item:selected {{ background: {accent}; color: {on_accent}; }}
QMenu::item:disabled {{ color: {disabled}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: {xs}px {s}px; }}
QSplitter::handle {{ background: {line}; }}
QSplitter::handle:hover {{ background: {accent}; }}
QCheckBox::indicator:unchecked, QListView::indicator:unchecked {{
  background: {canvas}; border: 1px solid {muted};
  border-radius: 2px; }}
QRadioButton::indicator:unchecked {{ background: {canvas}; border: 1px solid {muted};
  border-radius: 7px; width: 12px; height: 12px; }}
QCheckBox:focus, QRadioButton:focus {{ color: {accent}; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: {bar}px; }}
QScrollBar:horizontal {{ height: {bar}px; }}
QScrollBar::handle {{ background: {disabled}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: {grip}px; }}
QScrollBar::handle:horizontal {{ min-width: {grip}px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QListView {{ background: {surface}; border: none; outline: none; }}
QListView[roomy="true"]::item {{ padding: {xs}px {s}px; }}
QListView:focus {{ border: 1px solid {accent}; }}
QDockWidget::title {{ background: {raised}; padding: {xs}px {s}px; }}
QTabBar::tab {{ padding: {xs}px {s}px; color: {muted}; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QTabWidget::pane {{ border: none; }}
QMenuBar, QToolBar, QStatusBar {{ background: {surface}; border: none; }}
QMenuBar::item:selected {{ background: {line}; }}
*[muted="true"] {{ color: {muted}; }}
*[tone="warn"] {{ color: {warn}; }}
*[tone="error"] {{ color: {error}; }}
*[tone="good"] {{ color: {good}; }}
"""


def style_sheet(tokens: Tokens) -> str:
    """Qt style sheet of a theme.

    Dynamic properties that it knows: ``primary`` (push buttons), ``muted`` and ``tone``
    (``warn``, ``error``, ``good``) on labels.
    """
    colours = {name: getattr(tokens, name) for name in Tokens.__slots__}
    return _TEMPLATE.format(
        **colours,
        radius=RADIUS,
        xs=SPACE_XS,
        s=SPACE_S,
        m=12,
        l=16,
        inner=scaled(CONTROL_HEIGHT) - 2 * SPACE_XS - 2,
        bar=scaled(10),
        grip=scaled(24),
    )
