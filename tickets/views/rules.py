"""The rules of the helpdesk: in their order, and which tickets one of them would fit."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.forms.rule import RuleForm
from tickets.models import Rule
from tickets.services.rules import newest_matching

# A dry run looks at so many tickets, and names so many.
NEWEST = 200
NAMED = 50


@require_GET
@requires("rules.manage")
def index(request: SignedInRequest) -> HttpResponse:
    return render(request, "tickets/rules/index.html", {"rules": Rule.objects.all()})


@require_http_methods(["GET", "POST"])
@requires("rules.manage")
def new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Rule(), _("New rule"))


@require_http_methods(["GET", "POST"])
@requires("rules.manage")
def rule(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Rule, pk=pk)
    return _edit(request, found, found.name)


def _edit(request: SignedInRequest, rule: Rule, title: str) -> HttpResponse:
    """`try` shows what the rule would match and saves nothing."""
    form = RuleForm(request.POST or None, instance=rule)
    context = {"form": form, "rule": rule, "title": title, "newest": NEWEST}
    if request.method == "POST" and form.is_valid():
        if "try" not in request.POST:
            with transaction.atomic():
                form.save()
            messages.success(request, _("The rule %(name)s is saved.") % {"name": rule.name})
            return redirect("rules")
        found = newest_matching(rule, NEWEST)
        context |= {"tried": True, "matches": len(found), "tickets": found[:NAMED]}
    return render(request, "tickets/rules/rule.html", context)


@require_POST
@requires("rules.manage")
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Rule, pk=pk)
    found.delete()
    messages.success(request, _("The rule %(name)s is removed.") % {"name": found.name})
    return redirect("rules")
