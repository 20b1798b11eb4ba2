"""Its menu entry."""

from core.contract import MenuItem

menu = [MenuItem("Market stalls", "stalls:list", order=60)]
