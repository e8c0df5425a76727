"""Looks for barriers in a page with axe-core, in light and dark. The page's context needs `bypass_csp=True`."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "data" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def barriers(page: Page, address: str) -> list[str]:
    """One line for each violation at an address: theme, rule, the first element and why."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.goto(address)
        page.add_script_tag(path=AXE)
        violations = page.evaluate("rules => axe.run(document, { runOnly: rules }).then(r => r.violations)", RULES)
        for violation in violations:
            node = violation["nodes"][0]
            found.append(f"{address} {theme} {violation['id']}: {node['target'][0]}: {node['failureSummary']}")
    return found
