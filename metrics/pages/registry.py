"""Every page, in the order of the tabs."""

from metrics.pages import backlog, now, parity, readiness, resolution, response, sla, team, when
from metrics.pages.parts import Page

PAGES: dict[str, Page] = {
    module.PAGE.key: module.PAGE for module in (now, response, resolution, sla, backlog, parity, when, team, readiness)
}
